using System.Globalization;
using Parley.Media;
using Parley.Sdp;

namespace Parley;

// What is offered, answered and sent in each section: codecs, header extensions and encodings (RFC 9429 §5.2, §5.3, §5.10).
public sealed partial class PeerConnection
{
    private readonly PayloadTypeTable _payloadTypes = new();

    internal HeaderExtensionTable HeaderExtensions { get; } = new();

    /// <summary>
    /// The codecs to offer in a section: unless preferences were set "in the same order as in the most recent answer", and those that it
    /// did not have "after all existing formats" (RFC 9429 §5.2.2).
    /// </summary>
    internal IReadOnlyList<CodecDescription> OfferedCodecs(RtpTransceiver transceiver, MediaSection section)
    {
        var codecs = OfferedCodecs(transceiver);
        if (transceiver.PreferredCodecs.Count > 0 || MostRecentAnswer?.MediaByMid(section.Mid) is not { } answered)
        {
            return codecs;
        }

        var order = answered.PayloadTypes.ToList();
        return [.. codecs.OrderBy(codec => order.IndexOf(codec.PayloadType) is >= 0 and var place ? place : int.MaxValue)];
    }

    /// <summary>The codecs to offer for a transceiver: its preferences, else the catalog, each with its payload type and its rtx.</summary>
    internal IReadOnlyList<CodecDescription> OfferedCodecs(RtpTransceiver transceiver)
    {
        var kind = transceiver.Kind == MediaKind.Audio ? "audio" : "video";
        var entries = CodecCatalog.Entries(transceiver.Kind);
        var result = new List<CodecDescription>();
        var wanted = Preferred(transceiver, entries).ToArray();
        foreach (var entry in wanted)
        {
            if (entry.Is("red"))
            {
                result.AddRange(OfferedRedundancy(kind, entry, wanted));
                continue;
            }

            if (_payloadTypes.Assign(kind, entry, null) is not { } payloadType)
            {
                continue;
            }

            var codec = entry with { PayloadType = payloadType };
            result.Add(codec);
            if (WantsRtx(transceiver)
                && entries.FirstOrDefault(candidate => candidate.AssociatedPayloadType == entry.PayloadType) is { } rtx
                && _payloadTypes.Assign(kind, rtx, codec) is { } rtxPayloadType)
            {
                result.Add(rtx with { PayloadType = rtxPayloadType, Parameters = $"apt={payloadType}" });
            }
        }

        return result;
    }

    /// <summary>
    /// Redundancy names what it holds by its number, twice for one block besides the packet's own (RFC 2198 §5); it is of no use without.
    /// </summary>
    private IEnumerable<CodecDescription> OfferedRedundancy(string kind, CodecDescription red, CodecDescription[] wanted)
    {
        if (wanted.FirstOrDefault(candidate => candidate.PayloadType == ProtectedBy(red)) is { } entry
            && _payloadTypes.Assign(kind, entry, null) is { } payloadType
            && _payloadTypes.Assign(kind, red, entry with { PayloadType = payloadType }) is { } own)
        {
            yield return red with { PayloadType = own, Parameters = $"{payloadType}/{payloadType}" };
        }
    }

    /// <summary>The number of what a codec repeats: by apt, or by the first of redundancy's numbers; null when it repeats none.</summary>
    private static int? ProtectedBy(CodecDescription codec) => !codec.Is("red")
        ? codec.Is("rtx") ? codec.AssociatedPayloadType : null
        : int.TryParse(
            codec.Parameters.AsSpan(0, Math.Max(0, codec.Parameters?.IndexOf('/', StringComparison.Ordinal) ?? 0)),
            CultureInfo.InvariantCulture,
            out var number) ? number : null;

    /// <summary>
    /// Those of the offered codecs that this side can use, in the order of its preferences if it has any, else of the offer.
    /// </summary>
    internal IReadOnlyList<CodecDescription> AnsweredCodecs(RtpTransceiver transceiver, MediaDescription offered)
    {
        var entries = CodecCatalog.Entries(transceiver.Kind);
        var preferred = Preferred(transceiver, entries).ToArray();
        var repairs = WantsRtx(transceiver) ? entries.Where(entry => entry.Is("rtx")).Take(1) : [];
        var common = CodecMatching.Intersect(CodecDescription.ReadFrom(offered), [.. preferred, .. repairs]);
        if (transceiver.PreferredCodecs.Count == 0)
        {
            return common;
        }

        var primary = common.Where(codec => !codec.Is("rtx")).OrderBy(codec =>
            Array.FindIndex(preferred, entry => CodecMatching.Matches(codec, entry)));
        return [.. primary.SelectMany(codec =>
            common.Where(repair => repair.Is("rtx") && repair.AssociatedPayloadType == codec.PayloadType).Prepend(codec))];
    }

    /// <summary>
    /// The codecs that may be sent, the preferred first: this side's answer decides the order, or else the peer's (RFC 3264 §6.1 and §7:
    /// who offered sends what the answer lists first).
    /// </summary>
    internal IReadOnlyList<CodecDescription> CodecsToSend(RtpTransceiver transceiver, MediaDescription remote)
    {
        if (PendingOrCurrentRemote.Type == SdpType.Offer)
        {
            return AnsweredCodecs(transceiver, remote);
        }

        // An answer may list formats that were not offered (RFC 3264 §6.1): this side's preferences chose what it receives.
        return CodecMatching.Intersect(CodecDescription.ReadFrom(remote), [.. CodecCatalog.Entries(transceiver.Kind)]);
    }

    private static bool WantsRtx(RtpTransceiver transceiver) =>
        transceiver.Kind == MediaKind.Video
            && (transceiver.PreferredCodecs.Count == 0 || transceiver.PreferredCodecs.Any(codec => codec.EncodingName == "rtx"));

    private static IEnumerable<CodecDescription> Preferred(RtpTransceiver transceiver, IReadOnlyList<CodecDescription> entries)
    {
        var media = entries.Where(entry => !entry.Is("rtx"));
        return transceiver.PreferredCodecs.Count == 0
            ? media
            : transceiver.PreferredCodecs
                .Select(codec =>
                    media.FirstOrDefault(entry =>
                        CodecDictionary.Matches(entry.ToParameters(transceiver.Kind == MediaKind.Audio ? "audio" : "video"), codec)))
                .OfType<CodecDescription>()
                .Distinct();
    }

    private void LearnNumbers(SdpDocument document)
    {
        foreach (var media in document.Media.Where(media => !media.IsRejected))
        {
            var codecs = CodecDescription.ReadFrom(media);
            foreach (var codec in codecs)
            {
                _payloadTypes.Learn(
                    media.Kind,
                    codec,
                    ProtectedBy(codec) is { } number ? codecs.FirstOrDefault(primary => primary.PayloadType == number) : null);
            }

            foreach (var extension in document.UsableExtMapsOf(media))
            {
                HeaderExtensions.Learn(extension.Uri, extension.Id);
            }
        }
    }

    private void SetSendCodecs(RtpTransceiver transceiver, MediaSection section)
    {
        var remote = PendingOrCurrentRemote.Document.Media[section.Index];
        transceiver.Sender.SetSendCodecs(
            section.IsRejected ? [] : [.. CodecsToSend(transceiver, remote).Select(codec => codec.ToParameters(remote.Kind))]);
    }

    private static void ProposeEncodings(RtpTransceiver transceiver, IReadOnlyList<string> rids)
    {
        // Sound has one encoding: a wish for several says nothing to it.
        if (rids.Count > 0 && transceiver.Kind == MediaKind.Video && transceiver.Sender.SendEncodings is [{ Rid: null }])
        {
            transceiver.EncodingsBeforeProposal ??= transceiver.Sender.SendEncodings;
            var wanted = rids.Take(SendEncodingValidation.MaxEncodings(transceiver.Kind)).ToArray();
            transceiver.Sender.SetSendEncodings([.. wanted.Select((rid, index) => new RtpEncodingParameters
            {
                Rid = rid,
                ScaleResolutionDownBy = Math.Pow(2, wanted.Length - index - 1),
            })]);
            transceiver.Sender.ForgetReturnedParameters();
        }
    }

    /// <summary>Whether this side's encodings have names in the descriptions in force, and the names of the peer's.</summary>
    internal (bool Sent, IReadOnlyList<string> Received) SimulcastInForce(MediaSection section)
    {
        var local = _currentLocal?.Document.MediaByMid(section.Mid);
        var remote = _currentRemote is { } current && section.Index < current.Document.Media.Count && local is { IsRejected: false }
            ? current.Document.Media[section.Index]
            : null;
        return (local?.SimulcastRids(toReceive: false).Count > 0,
            remote is { IsRejected: false } ? _currentRemote!.Document.SimulcastRidsOf(remote, toReceive: false) : []);
    }

    private static void PruneEncodings(RtpTransceiver transceiver, IReadOnlyList<string> negotiated)
    {
        var encodings = transceiver.Sender.SendEncodings;
        if (encodings.Count <= 1)
        {
            return;
        }

        var kept = encodings.Where(encoding => encoding.Rid is not null && negotiated.Contains(encoding.Rid)).ToArray();
        if (kept.Length != encodings.Count)
        {
            transceiver.Sender.SetSendEncodings(kept.Length == 0 ? [encodings[0]] : kept);
        }
    }

    private static void DropUnnegotiatedEncodingCodecs(RtpTransceiver transceiver)
    {
        var sender = transceiver.Sender;
        if (sender.SendCodecs.Count > 0
            && sender.SendEncodings.Any(encoding =>
                encoding.Codec is { } codec
                    && !sender.SendCodecs.Any(known => CodecDictionary.Matches(known, codec, ignoreAsymmetricalParameters: true))))
        {
            sender.SetSendEncodings([.. sender.SendEncodings.Select(encoding =>
                encoding.Codec is { } codec
                    && !sender.SendCodecs.Any(known => CodecDictionary.Matches(known, codec, ignoreAsymmetricalParameters: true))
                        ? encoding with { Codec = null }
                        : encoding)]);
        }
    }
}
