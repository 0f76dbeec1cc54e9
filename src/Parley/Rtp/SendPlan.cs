using System.Globalization;
using Parley.Media;
using Parley.Rtp;
using Parley.Sdp;

namespace Parley;

/// <summary>What a sender may send: the formats with their payload types, the preferred first, and the encodings.</summary>
internal sealed class SendPlan
{
    private readonly (MediaFormat Format, CodecDescription Codec, int? Profile)[] _formats;
    private readonly CodecDescription[] _telephoneEvents;
    private readonly string _kind;
    private (MediaFormat Format, RtpEncodingParameters Encoding, int PayloadType)? _latest;

    public SendPlan(DrivenTransport carrier, IReadOnlyList<CodecDescription> codecs, string kind, IReadOnlyList<EncodingPlan> encodings)
    {
        Carrier = carrier;
        _kind = kind;
        Encodings = encodings;
        _formats =
        [
            .. from codec in codecs
               where !CodecCatalog.IsAuxiliaryName(codec.Name) || codec.Is(MediaFormat.ComfortNoise.Name)
               let format = new MediaFormat(codec.Name, codec.ClockRate, kind == "audio" ? codec.Channels : 0)
               select (format, codec, ProfileOf(format, codec)),
        ];
        _telephoneEvents = [.. codecs.Where(codec => codec.Is("telephone-event"))];
    }

    /// <summary>The transport that carries what is sent.</summary>
    public DrivenTransport Carrier { get; }

    /// <summary>The encodings, those not active too.</summary>
    public IReadOnlyList<EncodingPlan> Encodings { get; }

    /// <summary>The formats, the preferred first.</summary>
    public IEnumerable<MediaFormat> Formats =>
        _formats.Select(entry => entry.Format).Where(format => !format.Equals(MediaFormat.ComfortNoise));

    /// <summary>The formats of an encoding: those of its codec, if one is set for it.</summary>
    public IEnumerable<MediaFormat> FormatsOf(RtpEncodingParameters encoding) => _formats.Where(entry => Takes(encoding, entry.Codec))
        .Select(entry => entry.Format).Where(format => !format.Equals(MediaFormat.ComfortNoise));

    /// <summary>Whether an encoding takes a format.</summary>
    public bool Takes(RtpEncodingParameters encoding, MediaFormat format) => FormatsOf(encoding).Contains(format);

    /// <summary>
    /// The payload type of a frame in an encoding; null when the encoding does not take it. A VP9 frame says its profile, which must be the
    /// payload type's. For one thread at a time.
    /// </summary>
    public int? PayloadTypeOf(MediaFormat format, ReadOnlySpan<byte> frame, RtpEncodingParameters encoding)
    {
        if (_latest is { } latest && ReferenceEquals(latest.Format, format) && ReferenceEquals(latest.Encoding, encoding))
        {
            return latest.PayloadType;
        }

        var tellsProfile = format.Equals(MediaFormat.Vp9);
        int? profile = tellsProfile && Vp9FrameHeader.TryParse(frame, out var header) ? header.Profile : null;
        foreach (var (candidate, codec, own) in _formats)
        {
            // Comfort noise goes with any codec of its clock (RFC 3389 §4).
            var takes = candidate.Equals(MediaFormat.ComfortNoise)
                ? (encoding.Codec?.ClockRate ?? codec.ClockRate) == codec.ClockRate
                : Takes(encoding, codec);
            if (candidate.Equals(format) && (profile is null || own is null || own == profile) && takes)
            {
                // Frames of one format come in a row; those of VP9 each tell their profile.
                _latest = tellsProfile ? null : (format, encoding, codec.PayloadType);
                return codec.PayloadType;
            }
        }

        return null;
    }

    /// <summary>The telephone events of a clock rate, that of the codec in use (RFC 4733 §2.5.1.1), else any.</summary>
    public CodecDescription? TelephoneEvent(int clockRate) =>
        Array.Find(_telephoneEvents, codec => codec.ClockRate == clockRate) ?? _telephoneEvents.FirstOrDefault();

    // RFC 9628 §6: "If no profile-id is present, Profile 0 MUST be inferred."
    private static int? ProfileOf(MediaFormat format, CodecDescription codec) =>
        !format.Equals(MediaFormat.Vp9) ? null
            : int.TryParse(codec.Parameter("profile-id"), CultureInfo.InvariantCulture, out var profile) ? profile
            : 0;

    private bool Takes(RtpEncodingParameters encoding, CodecDescription codec) =>
        encoding.Codec is null || CodecDictionary.Matches(codec.ToParameters(_kind), encoding.Codec, ignoreAsymmetricalParameters: true);
}
