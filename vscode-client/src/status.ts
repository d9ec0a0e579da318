// How a notebook's state looks in the status bar; knows nothing of the editor.

/** The body of the server's `livebook/status` notification. */
export interface Status {
  readonly uri: string;
  readonly state: string;
  readonly url: string | null;
  readonly sentence: string;
}

export interface Look {
  readonly text: string;
  readonly tooltip: string;
  readonly isWarning: boolean;
}

interface Face {
  readonly icon: string;
  readonly words: string;
  readonly isWarning?: true;
}

const FACES: Readonly<Record<string, Face>> = {
  looking: { icon: "search", words: "looking" },
  detached: { icon: "circle-outline", words: "no session" },
  opening: { icon: "sync~spin", words: "opening" },
  syncing: { icon: "sync~spin", words: "syncing" },
  inSync: { icon: "check", words: "in sync" },
  notRunning: { icon: "debug-disconnect", words: "not running" },
  refused: { icon: "circle-slash", words: "refused", isWarning: true },
  failed: { icon: "error", words: "not in sync", isWarning: true },
  held: { icon: "warning", words: "held back", isWarning: true },
  died: { icon: "error", words: "session died", isWarning: true },
};

/** A state that this client does not know is shown by its sentence. */
export function look(status: Status): Look {
  const face = Object.hasOwn(FACES, status.state) ? FACES[status.state] : undefined;
  return {
    text: face ? `$(${face.icon}) Livebook: ${face.words}` : `$(info) Livebook: ${shortened(status.sentence)}`,
    tooltip: status.sentence,
    isWarning: face?.isWarning ?? false,
  };
}

const LONGEST = 40;

/** The first sentence, and no more of it than a status bar has room for. `$(…)` would be an icon. */
function shortened(sentence: string): string {
  const first = (/^.*?[.!?](?=\s|$)/s.exec(sentence)?.[0] ?? sentence).replace(/\.$/, "").replaceAll("$(", "$ (");
  return first.length <= LONGEST ? first : `${first.slice(0, LONGEST - 1).trimEnd()}…`;
}
