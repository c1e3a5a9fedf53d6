import { type FieldValue, writeMessage } from "../../protobuf.js";
import type { ClusterConfig, Task } from "./tf-config.js";

/** A task as TensorFlow names it. */
export function taskName({ job, index }: Pick<Task, "job" | "index">): string {
  return `/job:${job}/replica:0/task:${index}`;
}

/**
 * A serialized tensorflow.ServerDef of this process: the cluster, its place there, and that the first task leads.
 * Field numbers of tensorflow/core/protobuf/{tensorflow_server,cluster,config}.proto.
 *
 * @param settings a serialized tensorflow.ConfigProto
 */
export function serverDef({ tasks, rank }: ClusterConfig, settings: Uint8Array): Uint8Array {
  const own = tasks[rank]!;
  const jobs = [...new Set(tasks.map(({ job }) => job))];
  const jobDef = (job: Task["job"]): Uint8Array =>
    writeMessage([
      [1, job],
      ...tasks.filter((task) => task.job === job).map((task): [number, FieldValue] => [2, addressEntry(task)]),
    ]);
  const leader = writeMessage([[16, writeMessage([[1, taskName(tasks[0]!)]])]]); // experimental.collective_group_leader
  return writeMessage([
    [1, writeMessage(jobs.map((job) => [1, jobDef(job)]))], // cluster
    [2, own.job],
    [3, own.index],
    [4, Buffer.concat([settings, leader])], // default_session_config
    [5, "grpc"],
  ]);
}

/** An entry of a map<int32, string>. */
function addressEntry({ index, address }: Task): Uint8Array {
  return writeMessage([
    [1, index],
    [2, address],
  ]);
}
