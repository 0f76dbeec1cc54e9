using Parley.Rtp;

namespace Parley.Media;

/// <summary>
/// Brings a track's H.264 into the form that every sink takes: start codes, and key frames with their parameter sets, whenever those came. One frame at a time; a frame
/// is valid until the next.
/// </summary>
internal sealed class H264Pictures
{
    private readonly H264LengthPrefixed _prefixed = new();
    private readonly H264ParameterSets _sets = new();
    private byte[] _bytes = [];

    public MediaFrame Complete(in MediaFrame frame)
    {
        var data = _prefixed.TryConvert(frame.Data.Span, out var converted) ? converted : frame.Data;
        if (_sets.AreMissingIn(data.Span, out var at))
        {
            data = Insert(data.Span, at);
        }

        return frame with { Data = data };
    }

    private ReadOnlyMemory<byte> Insert(ReadOnlySpan<byte> data, int at)
    {
        var length = data.Length + _sets.Length;
        if (_bytes.Length < length)
        {
            _bytes = new byte[length];
        }

        data[..at].CopyTo(_bytes);
        _sets.Write(_bytes.AsSpan(at));
        data[at..].CopyTo(_bytes.AsSpan(at + _sets.Length));
        return _bytes.AsMemory(0, length);
    }
}
