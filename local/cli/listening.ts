import { UsageError } from '../runner/select.ts';

/** Waits for a server. Throws `UsageError` if it cannot have its port. */
export async function listening<Server>(
  { host, port }: { readonly host: string; readonly port: number },
  server: Promise<Server>,
): Promise<Server> {
  try {
    return await server;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new UsageError(`Port ${port} of ${host} cannot be used (${code}): choose another with --port.`);
  }
}
