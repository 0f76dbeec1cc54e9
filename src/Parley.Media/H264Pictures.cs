using Parley.Rtp;

namespace Parley.Media;

/// <summary>
/// Brings a track's H.264 into the form that every sink takes: start codes, and key frames with their parameter sets, whenever those came.
/// One frame at a time; a frame is valid until the next.
/// </summary>
internal sealed class H264Pictures
{
    private readonly H264LengthPrefixed _prefixed = new();
    private readonly H264ParameterSets _sets = new();
    private readonly Dictionary<string, H264ParameterSets> _setsOfRenditions = [];
    private byte[] _bytes = [];

    public MediaFrame Complete(in MediaFrame frame)
    {
        var data = _prefixed.TryConvert(frame.Data.Span, out var converted) ? converted : frame.Data;
        var sets = SetsOf(frame.Rendition);
        if (sets.AreMissingIn(data.Span, out var at))
        {
            data = Insert(sets, data.Span, at);
        }

        return frame with { Data = data };
    }

    /// <summary>Each rendition is a stream of its own; the sets of all have the same ids.</summary>
    private H264ParameterSets SetsOf(string? rendition)
    {
        if (rendition is null)
        {
            return _sets;
        }

        if (!_setsOfRenditions.TryGetValue(rendition, out var sets))
        {
            _setsOfRenditions.Add(rendition, sets = new H264ParameterSets());
        }

        return sets;
    }

    private ReadOnlyMemory<byte> Insert(H264ParameterSets sets, ReadOnlySpan<byte> data, int at)
    {
        var length = data.Length + sets.Length;
        if (_bytes.Length < length)
        {
            _bytes = new byte[length];
        }

        data[..at].CopyTo(_bytes);
        sets.Write(_bytes.AsSpan(at));
        data[at..].CopyTo(_bytes.AsSpan(at + sets.Length));
        return _bytes.AsMemory(0, length);
    }
}
