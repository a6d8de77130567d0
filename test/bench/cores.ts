import { execFileSync } from 'node:child_process';

/** One core for what is measured, and the others for this process and everything that it starts. */
export interface Cores extends Disposable {
  /** Absent where there is one core only, or no `taskset`. */
  readonly measured?: number;
  /** Moves all threads of a process to the core for what is measured. */
  pin(pid: number): void;
}

/** Until it is disposed, this process leaves one core alone. */
export function openCores(): Cores {
  const allowed = allowedCores();
  const [measured, ...others] = allowed;
  if (measured === undefined || others.length === 0) return { pin: () => {}, [Symbol.dispose]: () => {} };
  setCores(process.pid, others);
  return {
    measured,
    pin: (pid) => setCores(pid, [measured]),
    [Symbol.dispose]: () => setCores(process.pid, allowed),
  };
}

/** The cores that this process may use. Empty where that cannot be told. */
function allowedCores(): readonly number[] {
  try {
    const [, list = ''] = execFileSync('taskset', ['-pc', `${process.pid}`], { encoding: 'utf8' }).split(': ');
    return coresIn(list.trim());
  } catch {
    return [];
  }
}

/** The cores in a list as `taskset` writes it: `0-2,5`. */
export function coresIn(list: string): readonly number[] {
  return list.split(',').flatMap((range) => {
    const [first = Number.NaN, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}

function setCores(pid: number, cores: readonly number[]): void {
  execFileSync('taskset', ['-apc', cores.join(','), `${pid}`], { stdio: 'ignore' });
}
