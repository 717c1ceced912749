/**
 * jsdom computes no layout; plotly asks for the boxes of its SVG elements. This gives them: text from font metrics,
 * shapes from their attributes, groups as the union of their children, every `transform` applied.
 */
import type { Font } from "./font.ts";

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** x' = a x + c y + e, y' = b x + d y + f, as in SVG. */
type Matrix = [a: number, b: number, c: number, d: number, e: number, f: number];

const identity: Matrix = [1, 0, 0, 1, 0, 0];

/** What is used of a jsdom element. */
interface DomElement {
  tagName: string;
  children: Iterable<DomElement>;
  parentElement: DomElement | null;
  textContent: string | null;
  style?: { getPropertyValue?(name: string): string };
  getAttribute(name: string): string | null;
  querySelectorAll(selector: string): ArrayLike<DomElement>;
}

/** Adds the methods that ask for boxes, text lengths and path lengths (straight lines only) to a jsdom window. */
export function installBoxes(window: { Element: { prototype: object } }, regular: Font, bold: Font): void {
  const fontOf = (node: DomElement) => (isBold(node) ? bold : regular);
  Object.assign(window.Element.prototype, {
    getBBox(this: DomElement) {
      return rectangle(boxOf(this, fontOf));
    },
    getBoundingClientRect(this: DomElement) {
      return rectangle(clientBox(this, fontOf));
    },
    getComputedTextLength(this: DomElement) {
      return fontOf(this).width(this.textContent ?? "") * fontSize(this);
    },
    getTotalLength(this: DomElement) {
      return pathEnds(this).length;
    },
    getPointAtLength(this: DomElement, at: number) {
      const { from, to, length } = pathEnds(this);
      const share = length > 0 ? Math.min(Math.max(at / length, 0), 1) : 0;
      return { x: from.x + share * (to.x - from.x), y: from.y + share * (to.y - from.y) };
    },
  });
}

/** The box in the element's own coordinates; undefined for what has no extent. */
function boxOf(node: DomElement, fontOf: (node: DomElement) => Font): Box | undefined {
  const number = (name: string) => parseFloat(node.getAttribute(name) ?? "") || 0;
  switch (node.tagName.toLowerCase()) {
    case "text":
    case "tspan":
      return textBox(node, fontOf(node));
    case "rect":
    case "image":
      return sized(number("x"), number("y"), number("width"), number("height"));
    case "svg":
      return sized(0, 0, number("width"), number("height"));
    case "circle":
      return sized(number("cx") - number("r"), number("cy") - number("r"), 2 * number("r"), 2 * number("r"));
    case "defs":
    case "clippath":
      return undefined;
    default:
      return [...node.children].map((child) => {
        const box = boxOf(child, fontOf);
        return box && transformed(box, parseTransform(child.getAttribute("transform")));
      }).reduce(union, undefined);
  }
}

/** The box on the page: own and ancestors' transforms applied. */
function clientBox(node: DomElement, fontOf: (node: DomElement) => Font): Box | undefined {
  let box = boxOf(node, fontOf);
  for (let at: DomElement | null = node; at; at = at.parentElement) {
    box = box && transformed(box, parseTransform(at.getAttribute("transform")));
  }
  return box;
}

function textBox(node: DomElement, font: Font): Box {
  const size = fontSize(node);
  const tspans = Array.from(node.querySelectorAll("tspan.line")) as DomElement[];
  const lines = (tspans.length > 0 ? tspans : [node]).map((line) => line.textContent ?? "");
  const width = Math.max(...lines.map((line) => font.width(line))) * size;
  const x = parseFloat(node.getAttribute("x") ?? "0") || 0;
  const y = parseFloat(node.getAttribute("y") ?? "0") || 0;
  const anchor = inherited(node, "text-anchor");
  const left = x - (anchor === "middle" ? width / 2 : anchor === "end" ? width : 0);
  const lineHeight = 1.3; // plotly's distance between lines, in em
  return {
    left,
    top: y - font.ascent * size,
    right: left + width,
    bottom: y + (font.descent + (lines.length - 1) * lineHeight) * size,
  };
}

/** The ends of a path, taken as one straight line: plotly asks along the arrows of annotations only. */
function pathEnds(node: DomElement) {
  const numbers = (node.getAttribute("d") ?? "").match(/-?[\d.]+(?:e-?\d+)?/g)?.map(Number) ?? [];
  const [x0 = 0, y0 = 0] = numbers;
  const [x1 = 0, y1 = 0] = numbers.slice(-2);
  return { from: { x: x0, y: y0 }, to: { x: x1, y: y1 }, length: Math.hypot(x1 - x0, y1 - y0) };
}

function fontSize(node: DomElement): number {
  return parseFloat(inherited(node, "font-size")) || 12;
}

// whole texts only: plotly sets a title's weight on the text, and <b>…</b> of an annotation on its one tspan
function isBold(node: DomElement): boolean {
  const weight = inherited(node, "font-weight") || inherited([...node.children][0] ?? node, "font-weight");
  return weight === "bold" || parseInt(weight) >= 600;
}

/** A property from the nearest element that sets it, as style or as attribute. */
function inherited(node: DomElement, property: string): string {
  for (let at: DomElement | null = node; at; at = at.parentElement) {
    const value = at.style?.getPropertyValue?.(property) ||
      at.getAttribute(property);
    if (value) return value;
  }
  return "";
}

/** The matrix of an SVG `transform` attribute. */
export function parseTransform(text: string | null): Matrix {
  let matrix = identity;
  for (const [, name, list] of (text ?? "").matchAll(/(\w+)\(([^)]*)\)/g)) {
    const [a = 0, b, c, d = 0, e = 0, f = 0] = list.split(/[\s,]+/).filter(Boolean).map(Number);
    if (name === "translate") matrix = times(matrix, [1, 0, 0, 1, a, b ?? 0]);
    if (name === "scale") matrix = times(matrix, [a, 0, 0, b ?? a, 0, 0]);
    if (name === "matrix") matrix = times(matrix, [a, b ?? 0, c ?? 0, d, e, f]);
    if (name === "rotate") {
      const [cos, sin] = [Math.cos(a * Math.PI / 180), Math.sin(a * Math.PI / 180)];
      const [x, y] = [b ?? 0, c ?? 0];
      matrix = times(matrix, [cos, sin, -sin, cos, x - cos * x + sin * y, y - sin * x - cos * y]);
    }
  }
  return matrix;
}

function times([a, b, c, d, e, f]: Matrix, [g, h, i, j, k, l]: Matrix): Matrix {
  return [a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * l + e, b * k + d * l + f];
}

function transformed(box: Box, [a, b, c, d, e, f]: Matrix): Box {
  const corners = [[box.left, box.top], [box.right, box.top], [box.left, box.bottom], [
    box.right,
    box.bottom,
  ]];
  const xs = corners.map(([x, y]) => a * x + c * y + e);
  const ys = corners.map(([x, y]) => b * x + d * y + f);
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) };
}

function union(one: Box | undefined, other: Box | undefined): Box | undefined {
  if (!one || !other) return one ?? other;
  return {
    left: Math.min(one.left, other.left),
    top: Math.min(one.top, other.top),
    right: Math.max(one.right, other.right),
    bottom: Math.max(one.bottom, other.bottom),
  };
}

function sized(left: number, top: number, width: number, height: number): Box {
  return { left, top, right: left + width, bottom: top + height };
}

function rectangle(box: Box = sized(0, 0, 0, 0)) {
  const { left, top, right, bottom } = box;
  return { ...box, x: left, y: top, width: right - left, height: bottom - top };
}
