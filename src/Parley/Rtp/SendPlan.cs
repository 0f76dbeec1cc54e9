using Parley.Media;
using Parley.Sdp;

namespace Parley;

/// <summary>What a sender may send: the formats with their payload types, the preferred first, and the encodings.</summary>
internal sealed class SendPlan
{
    private readonly (MediaFormat Format, CodecDescription Codec)[] _formats;
    private readonly CodecDescription[] _telephoneEvents;
    private readonly string _kind;

    public SendPlan(IReadOnlyList<CodecDescription> codecs, string kind, IReadOnlyList<EncodingPlan> encodings)
    {
        _kind = kind;
        Encodings = encodings;
        _formats = [.. codecs.Where(codec => !CodecCatalog.IsAuxiliaryName(codec.Name)).Select(codec => (new MediaFormat(codec.Name, codec.ClockRate, kind == "audio" ? codec.Channels : 0), codec))];
        _telephoneEvents = [.. codecs.Where(codec => codec.Is("telephone-event"))];
    }

    /// <summary>The encodings, those not active too.</summary>
    public IReadOnlyList<EncodingPlan> Encodings { get; }

    /// <summary>The formats, the preferred first.</summary>
    public IEnumerable<MediaFormat> Formats => _formats.Select(entry => entry.Format);

    /// <summary>The formats of an encoding: those of its codec, if one is set for it.</summary>
    public IEnumerable<MediaFormat> FormatsOf(RtpEncodingParameters encoding) => _formats.Where(entry => Takes(encoding, entry.Codec)).Select(entry => entry.Format);

    /// <summary>The payload type of a format in an encoding; null when the encoding does not take it.</summary>
    public int? PayloadTypeOf(MediaFormat format, RtpEncodingParameters encoding)
    {
        foreach (var (candidate, codec) in _formats)
        {
            if (candidate.Equals(format) && Takes(encoding, codec))
            {
                return codec.PayloadType;
            }
        }

        return null;
    }

    /// <summary>The telephone events of a clock rate, that of the codec in use (RFC 4733 §2.5.1.1), else any.</summary>
    public CodecDescription? TelephoneEvent(int clockRate) => Array.Find(_telephoneEvents, codec => codec.ClockRate == clockRate) ?? _telephoneEvents.FirstOrDefault();

    private bool Takes(RtpEncodingParameters encoding, CodecDescription codec) =>
        encoding.Codec is null || CodecDictionary.Matches(codec.ToParameters(_kind), encoding.Codec, ignoreAsymmetricalParameters: true);
}
