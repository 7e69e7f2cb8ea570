const isObject = (value) => typeof value === 'object' && value !== null;

/** Where two values differ: {path: [left, right]}, or null when they are the same. */
export function differences(left, right) {
  const found = {};
  const look = (a, b, path) => {
    if (isObject(a) && isObject(b))
      for (const key of new Set([...Object.keys(a), ...Object.keys(b)]))
        look(a[key], b[key], path ? `${path}.${key}` : key);
    else if (a !== b) found[path] = [a ?? null, b ?? null];
  };
  look(left, right, '');
  return Object.keys(found).length === 0 ? null : found;
}
