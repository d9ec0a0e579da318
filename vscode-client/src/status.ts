// How a notebook's state looks in the status bar; knows nothing of the editor.

/** The body of the server's `livebook/status` notification. */
export interface Status {
  readonly uri: string;
  readonly state: string;
  readonly url: string | null;
  readonly sentence: string;
}

export interface Look {
  readonly icon: string;
  /** A few words, for the status bar. */
  readonly words: string;
  /** All there is to say. */
  readonly sentence: string;
  readonly isWarning: boolean;
  /** What a click does. */
  readonly command: { readonly id: string; readonly title: string };
}

interface Face {
  readonly icon: string;
  readonly words: string;
  readonly isWarning?: true;
}

const OPEN = { id: "livebook.open", title: "Open in Livebook" };
const SHOW_STATUS = { id: "livebook.showStatus", title: "Show Status" };

/** The server has said nothing about the notebook yet. */
export const WAITING: Look = {
  icon: "loading~spin",
  words: "starting",
  sentence: "The Livebook server has said nothing about this notebook yet.",
  isWarning: false,
  command: { id: "livebook.showLog", title: "Show Log" },
};

export const NO_SERVER: Look = {
  icon: "debug-disconnect",
  words: "no server",
  sentence: "The Livebook server is not running. Click to start it.",
  isWarning: false,
  command: { id: "livebook.restartServer", title: "Restart Server" },
};

const FACES: Readonly<Record<string, Face>> = {
  looking: { icon: "search", words: "looking" },
  detached: { icon: "circle-outline", words: "no session" },
  opening: { icon: "sync~spin", words: "opening" },
  syncing: { icon: "sync~spin", words: "syncing" },
  inSync: { icon: "check", words: "in sync" },
  reformatted: { icon: "check", words: "in sync, reformatted" },
  changed: { icon: "warning", words: "in sync, but changed", isWarning: true },
  differs: { icon: "warning", words: "session differs", isWarning: true },
  notRunning: { icon: "debug-disconnect", words: "not running" },
  refused: { icon: "circle-slash", words: "refused", isWarning: true },
  failed: { icon: "error", words: "not in sync", isWarning: true },
  held: { icon: "warning", words: "held back", isWarning: true },
  died: { icon: "error", words: "session died", isWarning: true },
};

/** A state that this client does not know is shown by its sentence. */
export function look(status: Status): Look {
  const known = Object.hasOwn(FACES, status.state) ? FACES[status.state] : undefined;
  const face: Face = known ?? { icon: "info", words: shortened(status.sentence) };
  const isWarning = face.isWarning ?? false;
  // What is wrong has to be read before anything is opened.
  const command = isWarning || status.state === "notRunning" ? SHOW_STATUS : OPEN;
  return { icon: face.icon, words: face.words, sentence: status.sentence, isWarning, command };
}

const LONGEST = 40;

/** The first sentence, and no more of it than a status bar has room for. `$(…)` would be an icon. */
function shortened(sentence: string): string {
  const first = (/^.*?[.!?](?=\s|$)/s.exec(sentence)?.[0] ?? sentence).replace(/\.$/, "").replaceAll("$(", "$ (");
  return first.length <= LONGEST ? first : `${first.slice(0, LONGEST - 1).trimEnd()}…`;
}
