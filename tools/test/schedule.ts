/** Something to run; `alone` means with nothing beside it. */
export interface Task<T> {
  alone?: boolean;
  run(): Promise<T>;
}

/** Runs tasks in their order, at most `places` at once, those that want to be alone after all others. Answers in the order of the tasks. */
export async function runTasks<T>(tasks: readonly Task<T>[], places: number): Promise<T[]> {
  const results = new Map<Task<T>, T>();
  const queue = tasks.filter(({ alone }) => !alone);
  const worker = async () => {
    for (let task = queue.shift(); task; task = queue.shift()) results.set(task, await task.run());
  };
  await Promise.all(Array.from({ length: places }, worker));
  for (const task of tasks) if (task.alone) results.set(task, await task.run());
  return tasks.flatMap((task) => (results.has(task) ? [results.get(task) as T] : []));
}
