/** A slider in the studio's colours, large enough for a finger. */

import type { InputHTMLAttributes } from "react";

/** How wide the knob is, which stays inside the track. */
export const KNOB = 20;

const TRACK =
  "[&::-webkit-slider-runnable-track]:h-1.5 [&::-webkit-slider-runnable-track]:rounded-full " +
  "[&::-webkit-slider-runnable-track]:bg-line-strong/40 " +
  "[&::-moz-range-track]:h-1.5 [&::-moz-range-track]:rounded-full [&::-moz-range-track]:bg-line-strong/40";
const THUMB =
  "[&::-webkit-slider-thumb]:-mt-[7px] [&::-webkit-slider-thumb]:size-5 [&::-webkit-slider-thumb]:appearance-none " +
  "[&::-webkit-slider-thumb]:rounded-full [&::-webkit-slider-thumb]:bg-accent [&::-webkit-slider-thumb]:shadow-card " +
  "[&::-moz-range-thumb]:size-5 [&::-moz-range-thumb]:rounded-full [&::-moz-range-thumb]:border-0 " +
  "[&::-moz-range-thumb]:bg-accent";

export function Range({ className = "", ...rest }: InputHTMLAttributes<HTMLInputElement>) {
  return (
    <input
      type="range"
      className={`m-0 block h-11 w-full cursor-pointer appearance-none rounded-lg bg-transparent disabled:opacity-40 ${TRACK} ${THUMB} ${className}`}
      {...rest}
    />
  );
}
