/** What in an output tells of the machine that it was made on: a path, a home folder, the host's name. */
import { homedir, hostname, tmpdir } from "node:os";

/** Folders at a system's root under which people and programs keep their files. */
const ROOTS =
  "Applications|Users|Volumes|app|builds?|content|data|dev|etc|home|kaggle|media|mnt|nix|opt|private|proc|root|run|" +
  "scratch|srv|tmp|usr|var|work|workspaces?";
const PATHS = new RegExp(
  [
    `(?<![\\w.~%+*)/-])/(?:${ROOTS})/[\\w.@+-]+`, // /home/ann, but no https://site/home/ann
    "(?<![\\w/])~/[\\w.]+",
    "file://+[\\w/]+",
    "(?<![\\w])[A-Za-z]:\\\\[\\w. ]+",
  ].join("|"),
  "g",
);
/** Pictures in a text: their letters are no words. */
const EMBEDDED = /data:[\w/+.-]+;base64,[A-Za-z0-9+/=\s]+/g;
/** A host's name as short or as common as these is a word too. */
const COMMON_HOSTS =
  /^(.{0,4}|local.*|linux|ubuntu|debian|build|runner|server|machine|kernel|computer|worker|docker)$/i;

/** What in a text tells of the machine, each once; empty where nothing does. */
export function machineTexts(text: string, ofThis: readonly string[] = thisMachine()): string[] {
  const read = text.replace(EMBEDDED, "");
  return [...new Set([...(read.match(PATHS) ?? []), ...ofThis.filter((name) => read.includes(name))])];
}

/** The folders and the name of the machine that looks; on another one only what looks like a path is found. */
function thisMachine(): string[] {
  const folders = [homedir(), tmpdir()].filter((folder) => folder.length > 5);
  return [...folders, ...(COMMON_HOSTS.test(hostname()) ? [] : [hostname()])];
}
