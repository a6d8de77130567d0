import { main } from './command.ts';
import { listCommands, loadCommand } from './subcommands.ts';

const [name = '', ...args] = process.argv.slice(2);
const command = await loadCommand(name);
if (command) {
  await main(command, args);
  // A connection that Ctrl-C left open must not keep the process alive.
  if (args.includes('--watch')) setTimeout(() => process.exit(), 1_000).unref();
} else {
  const isHelp = ['--help', '-h'].includes(name);
  (isHelp ? process.stdout : process.stderr).write(`The commands, each with --help:\n\n${listCommands()}`);
  process.exitCode = isHelp ? 0 : 2;
}
