// @vitest-environment happy-dom
import { act, renderHook } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";
import { connection } from "./connection.js";
import { Refusal } from "./outcome.js";
import { useCommand } from "./useCommand.js";

const UNREACHABLE = new Refusal("UNREACHABLE", "cannot be reached", null, true);
const REFUSED = new Refusal("REJECTED", "a name must be free");

const server = vi.fn<(asked: string, key: string) => Promise<number>>();
const done = vi.fn();

/** The keys that were sent. */
const keys = () => server.mock.calls.map(([, key]) => key);

function command() {
  const { result } = renderHook(() => useCommand(server, done));
  return { result, send: (asked: string) => act(() => result.current.send(asked)) };
}

async function connect(): Promise<void> {
  await act(async () => connection.setState({ reachable: false }));
  await act(async () => connection.setState({ reachable: true }));
}

beforeEach(() => {
  connection.setState({ online: true, reachable: true });
  server.mockReset().mockResolvedValue(1);
  done.mockReset();
});

it("is done once, and another time it is another command", async () => {
  const { result, send } = command();
  await send("train");
  expect(done).toHaveBeenCalledExactlyOnceWith(1, "train");
  expect(result.current).toMatchObject({ busy: false, under: null, trouble: null });
  await send("train");
  expect(new Set(keys()).size).toBe(2);
});

it("keeps its key until somebody answers", async () => {
  server.mockRejectedValueOnce(UNREACHABLE).mockRejectedValueOnce(REFUSED);
  const { result, send } = command();
  await send("train");
  expect(result.current.trouble).toBe(UNREACHABLE);
  await send("train");
  expect(result.current.trouble).toBe(REFUSED);
  await send("train");
  const [first, second, third] = keys();
  expect(second).toBe(first);
  expect(third).not.toBe(first);
});

it("has another key for something else", async () => {
  server.mockRejectedValueOnce(UNREACHABLE);
  const { send } = command();
  await send("train");
  await send("stop");
  expect(new Set(keys()).size).toBe(2);
});

it("is sent again as soon as there is a connection, and only then", async () => {
  server.mockRejectedValueOnce(UNREACHABLE);
  const { send } = command();
  await send("train");
  expect(server).toHaveBeenCalledTimes(1);
  await connect();
  expect(server).toHaveBeenCalledTimes(2);
  expect(new Set(keys()).size).toBe(1);
  expect(done).toHaveBeenCalledOnce();
  await connect();
  expect(server).toHaveBeenCalledTimes(2);
});

it("is not sent again when something else is wanted, or when it was refused", async () => {
  server.mockRejectedValueOnce(UNREACHABLE).mockRejectedValueOnce(REFUSED);
  const { result, send } = command();
  await send("train");
  act(() => result.current.drop());
  expect(result.current.trouble).toBeNull();
  await connect();
  expect(server).toHaveBeenCalledTimes(1);
  await send("train");
  await connect();
  expect(server).toHaveBeenCalledTimes(2);
});

it("tells what it waits for", async () => {
  let answer = (_: number) => {};
  server.mockReturnValueOnce(
    new Promise((resolve) => {
      answer = resolve;
    }),
  );
  const { result } = command();
  act(() => void result.current.send("train"));
  expect(result.current).toMatchObject({ busy: true, under: "train" });
  await act(async () => answer(2));
  expect(result.current).toMatchObject({ busy: false, under: null });
});
