namespace Parley.Sdp;

/// <summary>Whether one attribute's value is what its name promises.</summary>
internal static class AttributeSyntax
{
    public static void Check(SdpAttribute attribute, SdpErrors errors)
    {
        if (Fault(attribute.Name, attribute.Value) is { } reason)
        {
            errors.Add(attribute, reason, "The attribute's value is malformed or out of range");
        }
    }

    private static SdpErrorReason? Fault(string name, ReadOnlySpan<char> value) => name switch
    {
        "mid" => Unless(SdpGrammar.IsToken(value), SdpErrorReason.InvalidMid),
        "group" => Unless(SdpGroup.TryParse(value, out _), SdpErrorReason.InvalidGroup),
        "ice-ufrag" => Unless(value.Length is >= 4 and <= 256 && SdpGrammar.IsIceString(value), SdpErrorReason.InvalidIceUfrag),
        "ice-pwd" => Unless(value.Length is >= 22 and <= 256 && SdpGrammar.IsIceString(value), SdpErrorReason.InvalidIcePwd),
        "candidate" => Unless(CandidateAttribute.TryParse(value, out _), SdpErrorReason.InvalidCandidate),
        "fingerprint" => Unless(Fingerprint.TryParse(value, out _), SdpErrorReason.InvalidFingerprint),
        "setup" => Unless(SetupRoles.TryParse(value, out _), SdpErrorReason.InvalidSetup),
        "rtpmap" => Unless(RtpMap.TryParse(value, out _), IsPayloadType(value) ? SdpErrorReason.InvalidRtpMap : SdpErrorReason.PayloadTypeOutOfRange),
        "rtcp-fb" => Unless(RtcpFeedback.TryParse(value, out _), SdpErrorReason.InvalidRtcpFeedback),
        "extmap" => ExtMapFault(value),
        "msid" => Unless(MediaStreamIdAttribute.TryParse(value, out _), SdpErrorReason.InvalidMsid),
        "ssrc" => Unless(SsrcAttribute.TryParse(value, out _), SdpErrorReason.InvalidSsrc),
        "ssrc-group" => Unless(SsrcGroup.TryParse(value, out _), SdpErrorReason.InvalidSsrcGroup),
        "sctp-port" => Unless(SdpNumber.TryInt32(value, ushort.MaxValue, out _), SdpErrorReason.InvalidSctpPort),
        "sctpmap" => Unless(SctpMap.TryParse(value, out _), SdpErrorReason.InvalidSctpPort),
        "max-message-size" => Unless(SdpNumber.TryUInt64(value, out _), SdpErrorReason.InvalidMaxMessageSize),
        "rtcp" => Unless(RtcpAttribute.TryParse(value, out _), SdpErrorReason.InvalidRtcp),
        // The format of an fmtp may be no payload type; but there must be one.
        "fmtp" => Unless(value.Trim(' ').Length > 0, SdpErrorReason.InvalidFormatParameters),
        // RFC 8851 §6.2 and RFC 8853 §5.3.2: a rid or simulcast line that cannot be read is dropped, not refused; the views leave it out.
        _ => null,
    };

    private static SdpErrorReason? ExtMapFault(ReadOnlySpan<char> value) => !ExtMap.TryParse(value, out var map)
        ? SdpErrorReason.InvalidExtMap
        : Unless(map.Id is (>= 1 and <= 255 and not 15) or (>= 4096 and <= 4351), SdpErrorReason.ExtMapIdOutOfRange);

    private static bool IsPayloadType(ReadOnlySpan<char> value)
    {
        var fields = new SdpFields(value);
        return !fields.TryNext(out var type) || !SdpNumber.TryUInt64(type, out ulong number) || number <= 127;
    }

    private static SdpErrorReason? Unless(bool good, SdpErrorReason reason) => good ? null : reason;
}
