import { describe, expect, it } from 'vitest';
import { boundsSchema, placeWindow } from '../../../main/shells/desktop/bounds';

const laptop = { x: 0, y: 25, width: 1440, height: 875 };
const external = { x: 1440, y: 0, width: 2560, height: 1440 };

describe('where the window opens', () => {
  it('is where it was, on whichever screen', () => {
    const there = { x: 2000, y: 100, width: 1500, height: 900 };
    expect(placeWindow(there, [laptop, external])).toEqual(there);
  });

  it('is left to the system when its screen is gone, no larger than the one that is there', () => {
    const there = { x: 2000, y: 100, width: 1500, height: 1200 };
    expect(placeWindow(there, [laptop])).toEqual({ width: 1440, height: 875 });
  });

  it('is never above a screen, where its title bar could not be reached', () => {
    expect(placeWindow({ x: 100, y: -200, width: 1000, height: 700 }, [laptop])).not.toHaveProperty('x');
  });

  it('has a good size the first time, and without any screen', () => {
    expect(placeWindow(undefined, [laptop])).toEqual({ width: 1280, height: 800 });
    expect(placeWindow({ x: 0, y: 0, width: 9000, height: 9000 }, [])).toEqual({ width: 1280, height: 800 });
  });

  it.each([{ x: 0, y: 0, width: 0, height: 500 }, { x: 0.5, y: 0, width: 800, height: 600 }, { x: 0 }, 'no'])(
    'is not taken from a damaged file: %j',
    (bounds) => {
      expect(boundsSchema.safeParse(bounds).success).toBe(false);
    },
  );
});
