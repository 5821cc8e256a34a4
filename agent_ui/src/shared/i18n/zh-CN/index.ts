const files = import.meta.glob<Record<string, unknown>>('./*.json', { eager: true, import: 'default' })

export const captions = Object.fromEntries(
  Object.entries(files).map(([path, tree]) => [path.slice(2, -'.json'.length), tree]),
)
