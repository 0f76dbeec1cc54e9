namespace Parley.Sdp;

/// <summary>Whether one attribute's value is what its name promises.</summary>
internal static class AttributeSyntax
{
    public static void Check(SdpAttribute attribute, bool strict, SdpErrors errors)
    {
        if (Fault(attribute.Name, attribute.Value, strict) is { } reason)
        {
            errors.Add(attribute, reason, "The attribute's value is malformed or out of range");
        }
    }

    private static SdpErrorReason? Fault(string name, ReadOnlySpan<char> value, bool strict) => name switch
    {
        // RFC 8285 §4.3: an element of the header extension that has it holds 255 bytes at most. Chromium takes 16, as it writes one-byte
        // headers alone.
        "mid" =>
            Unless(value.IsEmpty || (value.Length <= SdpGrammar.MaximumMidLength && SdpGrammar.IsToken(value)), SdpErrorReason.InvalidMid),
        "ice-ufrag" => Unless(value.Length is >= 4 and <= 256 && SdpGrammar.IsIceString(value), SdpErrorReason.InvalidIceUfrag),
        "ice-pwd" => Unless(value.Length is >= 22 and <= 256 && SdpGrammar.IsIceString(value), SdpErrorReason.InvalidIcePwd),
        "candidate" => Unless(CandidateAttribute.TryParse(value, out _), SdpErrorReason.InvalidCandidate),
        "setup" => Unless(SetupRoles.TryParse(value, out _), SdpErrorReason.InvalidSetup),
        "rtcp-fb" => Unless(RtcpFeedback.TryParse(value, out _) || IsEmptyFeedback(value), SdpErrorReason.InvalidRtcpFeedback),
        "extmap" => ExtMapFault(value, strict),
        "msid" => Unless(MediaStreamIdAttribute.TryParse(value, out _), SdpErrorReason.InvalidMsid),
        "ssrc" => Unless(SsrcAttribute.TryParse(value, out _), SdpErrorReason.InvalidSsrc),
        "ssrc-group" => Unless(
            SsrcGroup.TryParse(value, out var group) && group.Ssrcs.Distinct().Count() == group.Ssrcs.Count,
            SdpErrorReason.InvalidSsrcGroup),
        "sctp-port" => Unless(SdpNumber.TryInt32(value, ushort.MaxValue, out _), SdpErrorReason.InvalidSctpPort),
        "max-message-size" => Unless(SdpNumber.TryUInt64(value, out _), SdpErrorReason.InvalidMaxMessageSize),
        "sctp-init" => Unless(SdpBase64.IsValid(value), SdpErrorReason.InvalidSctpInit),
        // The format of an fmtp may be no payload type; but there must be one.
        "fmtp" => Unless(value.Trim(' ').Length > 0, SdpErrorReason.InvalidFormatParameters),
        // Drafts before RFC 8853 wrote "a=simulcast: send rid=f;h"; browsers ignore that form.
        "simulcast" => Unless(value.Contains('=') || SimulcastAttribute.TryParse(value, out _), SdpErrorReason.InvalidSimulcast),
        // Chromium 156 drops a rid it cannot read, and the views leave it out.
        "rid" => Unless(!strict || RidAttribute.TryParse(value, out _), SdpErrorReason.InvalidRid),
        _ => null,
    };

    // A payload type and a space, and no feedback: Chromium 156 takes it, and it means nothing.
    private static bool IsEmptyFeedback(ReadOnlySpan<char> value)
    {
        var fields = new SdpFields(value);
        return value.EndsWith(' ')
            && fields.TryNext(out var format)
            && fields.IsAtEnd
            && (format is "*" || SdpNumber.TryInt32(format, 127, out _));
    }

    private static SdpErrorReason? ExtMapFault(ReadOnlySpan<char> value, bool strict)
    {
        if (!ExtMap.TryParse(value, out var map))
        {
            return SdpErrorReason.InvalidExtMap;
        }

        // RFC 8285 §4.2 reserves 15 in one-byte headers; Chromium 156 takes it. §5 has 4096 to 4351 for offers that let the answerer
        // choose.
        bool inRange = map.Id is (>= 1 and <= 255) or (>= 4096 and <= 4351);
        return Unless(inRange && !(strict && map.Id == 15), SdpErrorReason.ExtMapIdOutOfRange);
    }

    private static SdpErrorReason? Unless(bool good, SdpErrorReason reason) => good ? null : reason;
}
