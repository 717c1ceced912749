/** Error bars of the figures. */
import type { Summary } from "../statistics.ts";

/** Error bars from the smallest to the largest of the values behind each mean; hidden where no mean has two. */
export function whiskers(values: readonly Summary[], colour = "#1a1a1a") {
  return {
    type: "data",
    symmetric: false,
    visible: values.some(({ n }) => n > 1),
    array: values.map((value) => value.largest - value.mean),
    arrayminus: values.map((value) => value.mean - value.smallest),
    color: colour,
    thickness: 1.5,
    width: 4,
  };
}
