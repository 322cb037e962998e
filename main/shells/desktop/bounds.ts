/** Where the window opens: where it was, if that is still on a screen. */
import { z } from 'zod';

export const boundsSchema = z.object({
  x: z.int(),
  y: z.int(),
  width: z.int().min(400).max(20_000),
  height: z.int().min(300).max(20_000),
});
export type Bounds = z.infer<typeof boundsSchema>;

const DEFAULT_SIZE = { width: 1280, height: 800 };

/** So much (pixels) of the title bar must be on a screen, or nobody can take hold of the window. */
const GRIP = { width: 120, height: 40 };

/**
 * @param remembered where the window was, if it is known
 * @param screens the usable area of every screen
 * @returns size, and place unless the system shall choose one
 */
export function placeWindow(
  remembered: Bounds | undefined,
  screens: readonly Bounds[],
): { width: number; height: number; x?: number; y?: number } {
  if (remembered === undefined) return DEFAULT_SIZE;
  const { x, y, width, height } = remembered;
  const grip = { x: x + width / 2 - GRIP.width / 2, y, ...GRIP };
  if (screens.some((screen) => holds(screen, grip))) return { x, y, width, height };
  // The screen it was on is gone: keep the size as far as there is room.
  const [screen = { x: 0, y: 0, ...DEFAULT_SIZE }] = screens;
  return { width: Math.min(width, screen.width), height: Math.min(height, screen.height) };
}

function holds(outer: Bounds, inner: Bounds): boolean {
  return (
    inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.width <= outer.x + outer.width &&
    inner.y + inner.height <= outer.y + outer.height
  );
}
