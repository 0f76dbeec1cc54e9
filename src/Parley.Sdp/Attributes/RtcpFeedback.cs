using System.Diagnostics.CodeAnalysis;

namespace Parley.Sdp;

/// <summary>A kind of RTCP feedback a format takes, <c>a=rtcp-fb</c> (RFC 4585 §4.2).</summary>
/// <param name="PayloadType">0 to 127; null for "*", all formats of the section.</param>
/// <param name="Type">"nack", "ccm", "goog-remb", "transport-cc" …</param>
/// <param name="Parameter">"pli", "fir" …; null for none. Further words stand in it too.</param>
public sealed record RtcpFeedback(int? PayloadType, string Type, string? Parameter = null)
{
    /// <summary>Reads the text after <c>a=rtcp-fb:</c>.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out RtcpFeedback? feedback)
    {
        feedback = null;
        var fields = new SdpFields(text);
        int type = 0;
        if (!fields.TryNext(out var format)
            || (format is not "*" && !SdpNumber.TryInt32(format, 127, out type))
            || !fields.TryNext(out var kind))
        {
            return false;
        }

        var parameter = fields.Rest.TrimEnd(' ');
        feedback = new RtcpFeedback(format is "*" ? null : type, kind.ToString(), parameter.IsEmpty ? null : parameter.ToString());
        return true;
    }

    /// <summary>Whether it holds for that payload type.</summary>
    public bool AppliesTo(int payloadType) => PayloadType is null || PayloadType == payloadType;

    /// <summary>The text after <c>a=rtcp-fb:</c>.</summary>
    public override string ToString()
    {
        string format = PayloadType is { } type ? SdpNumber.ToText(type) : "*";
        return Parameter is null ? $"{format} {Type}" : $"{format} {Type} {Parameter}";
    }
}
