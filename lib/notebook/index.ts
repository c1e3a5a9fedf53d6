/** What a notebook's cells use to show what they made. */
export { show, toBundle, type MimeBundle } from "./show.js";
