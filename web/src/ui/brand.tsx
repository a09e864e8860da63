/** The mark: three nodes of a network and the anvil's edge; the name beside it where there is room. */

export function Brand({ name = true }: { name?: boolean }) {
  return (
    <>
      <svg viewBox="0 0 32 32" className="size-7" aria-hidden="true">
        <rect width="32" height="32" rx="9" className="fill-accent" />
        <path
          d="M9 22V10l14 12V10"
          fill="none"
          stroke="#fff"
          strokeWidth="2.4"
          strokeLinejoin="round"
          strokeLinecap="round"
        />
        <circle cx="9" cy="10" r="2.7" fill="#fff" />
        <circle cx="23" cy="22" r="2.7" fill="#fff" />
        <circle cx="16" cy="16" r="2.7" fill="#fff" />
      </svg>
      {name ? <span className="hidden font-semibold tracking-tight sm:inline">NeuralForge</span> : null}
    </>
  );
}
