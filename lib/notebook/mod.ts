/** Notebooks: showing values, drawing figures, running notebooks headless and checking them. */
export { checkNotebooks } from "./check.ts";
export {
  type Cell,
  type CodeCell,
  type Notebook,
  notebook,
  readNotebook,
  writeNotebook,
} from "./document.ts";
export { type CellProgress, executeNotebook, type ExecuteOptions } from "./kernel.ts";
export { figureBundle, type Picture, renderFigure, renderFigures, saveFigure, saveTable } from "./render.ts";
export { type Displayable, displaySymbol, type ProgressDisplay, progressDisplay, show } from "./show.ts";
export { sourceOf } from "./source.ts";
export { runsProgress, type TrainingProgress, trainingProgress, type TrainingStep } from "./training.ts";
