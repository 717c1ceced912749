/** `deno run --preload lose_gpu.ts`: takes the GPU away in the middle of the work, as a driver that is reset does. */

const submitsBefore = 200;

const requestDevice = GPUAdapter.prototype.requestDevice;
GPUAdapter.prototype.requestDevice = async function (...args) {
  const device = await requestDevice.apply(this, args);
  const submit = device.queue.submit.bind(device.queue);
  let submits = 0;
  device.queue.submit = (buffers) => {
    submit(buffers);
    if (++submits === submitsBefore) device.destroy();
  };
  return device;
};
