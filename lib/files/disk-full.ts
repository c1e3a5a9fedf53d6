/** The error of a full disk, with the name of the file that it leaves out; any other error as it is. */
export function withFileName(error: unknown, path: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code !== "ENOSPC" && code !== "EDQUOT") return error;
  return Object.assign(new Error(`${path}: there is no room on its disk for it (${message})`, { cause: error }), {
    code,
  });
}
