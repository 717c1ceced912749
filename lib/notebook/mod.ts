/** Notebooks: showing values, drawing figures, running notebooks headless and checking them. */
import "./kernel_side.ts";
export { checkNotebooks } from "./check.ts";
export {
  type Cell,
  type CodeCell,
  isExecuted,
  type Notebook,
  notebook,
  readNotebook,
  writeNotebook,
} from "./document.ts";
export type { CellProgress, ExecuteOptions } from "./execution.ts";
export { type Execute, type FrontEnd, frontEndOf, frontEnds, openFrontEnd } from "./front_ends.ts";
export { executeNotebook } from "./kernel.ts";
export { figureBundle, type Picture, renderFigure, renderFigures } from "./render.ts";
export { type Displayable, displaySymbol, type ProgressDisplay, progressDisplay, show } from "./show.ts";
export { sourceOf } from "./source.ts";
export { stopButton } from "./stop_button.ts";
export { runsProgress, type TrainingProgress, trainingProgress, type TrainingStep } from "./training.ts";
