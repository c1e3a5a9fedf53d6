/** Whether this machine has a process of this number. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0); // signal 0: sends nothing, asks only
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"; // it is there, and another user's
  }
}
