using Parley.Media;

namespace Parley;

/// <summary>The formats a sender may send, with their payload types, the preferred first.</summary>
internal sealed class SendPlan(IReadOnlyList<NegotiatedCodec> codecs)
{
    private readonly (MediaFormat Format, int PayloadType)[] _formats =
        [.. codecs.Where(codec => !codec.IsAuxiliary).Select(codec => (new MediaFormat(codec.Name, codec.ClockRate, codec.Channels), codec.PayloadType))];

    /// <summary>The sound format that raw sound is encoded to.</summary>
    public MediaFormat? PreferredAudio => _formats.Length > 0 && _formats[0].Format.Kind == MediaKind.Audio ? _formats[0].Format : null;

    public int? PayloadTypeOf(MediaFormat format)
    {
        foreach (var (candidate, payloadType) in _formats)
        {
            if (candidate.Equals(format))
            {
                return payloadType;
            }
        }

        return null;
    }
}
