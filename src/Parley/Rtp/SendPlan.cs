using Parley.Media;
using Parley.Sdp;

namespace Parley;

/// <summary>The formats a sender may send, with their payload types, the preferred first.</summary>
internal sealed class SendPlan(IReadOnlyList<CodecDescription> codecs, string kind)
{
    private readonly (MediaFormat Format, int PayloadType)[] _formats =
        [.. codecs.Where(codec => !CodecCatalog.IsAuxiliaryName(codec.Name)).Select(codec => (new MediaFormat(codec.Name, codec.ClockRate, kind == "audio" ? codec.Channels : 0), codec.PayloadType))];

    /// <summary>The formats, the preferred first.</summary>
    public IEnumerable<MediaFormat> Formats => _formats.Select(entry => entry.Format);

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
