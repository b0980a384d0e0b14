"""Networks in the ONNX format, run so that the same question gets the same bits each time."""

from onnxruntime import InferenceSession, SessionOptions


def open_network(model: bytes, shown: str) -> InferenceSession:
    """A network that also gives out ``shown``, one of its inner tensors, last."""
    options = SessionOptions()
    # One thread: as fast on shared cores, and the same bits each time.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    graph = _with_output(model, shown)
    return InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def _with_output(model: bytes, tensor: str) -> bytes:
    """An ONNX model that also gives out one of its inner tensors.

    Appended to a protobuf message, a field that is a message is merged into the one that is there,
    and a repeated field grows (protobuf, "Encoding", Last One Wins): so this adds one
    ``ValueInfoProto`` to ``ModelProto.graph.output`` (onnx.proto: fields 7, 12; its name is 1).
    """
    return model + _field(7, _field(12, _field(1, tensor.encode())))


def _field(number: int, content: bytes) -> bytes:
    """A length-delimited protobuf field; short, so that its length takes one byte."""
    assert len(content) < 128
    return bytes([number << 3 | 2, len(content)]) + content
