"""OpenVINO beside ours in `npm run bench -- inference`: the ONNX file of our network; serve.py says what it is asked.

It computes in float32: on a processor with bfloat16 it would take that unasked.
"""
import numpy
import openvino
import openvino.properties as properties
import openvino.properties.hint as hint

from serve import serve

core = openvino.Core()
threads_taken = 0
kept = []


def open_case(file, inputShape, batch, threads):
    global threads_taken
    network = core.read_model(file)
    height, width, channels = inputShape
    network.reshape([batch, channels, height, width])
    settings = {
        hint.performance_mode(): hint.PerformanceMode.LATENCY,
        hint.inference_precision(): openvino.Type.f32,
        properties.inference_num_threads(): threads,
    }
    compiled = core.compile_model(network, "CPU", settings)
    threads_taken = compiled.get_property(properties.inference_num_threads())
    images = numpy.random.default_rng(0).standard_normal((batch, channels, height, width), numpy.float32)
    request = compiled.create_infer_request()
    request.set_input_tensor(openvino.Tensor(images, shared_memory=True))
    kept.append(images)  # the request reads its memory and does not hold on to it

    def infer():
        request.infer()
        request.get_output_tensor().data.sum()

    return None, infer, "CPU"


serve(open_case, None, f"OpenVINO {openvino.__version__.split('-')[0]}", lambda: threads_taken)
