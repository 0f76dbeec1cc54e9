using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Parley.Sdp;

/// <summary>An ICE candidate as text, <c>a=candidate</c> (RFC 8839 §5.1).</summary>
/// <param name="Foundation">Equal for candidates of one base, type, transport and server; up to 32 ice-chars. Peers write others, and none:
/// then it is empty.</param>
/// <param name="Component">1 for RTP and everything multiplexed with it, 2 for RTCP; RFC 8839 has 1 to 256, and all others mean
/// nothing.</param>
/// <param name="Transport">"udp" or "tcp", in the case it was written in.</param>
/// <param name="Priority">RFC 8445 §5.1.2.</param>
/// <param name="Address">An IPv4 or IPv6 address, or a name, such as an mDNS one.</param>
/// <param name="Port">0 to 65535.</param>
/// <param name="Type">"host", "srflx", "prflx", "relay" or another token.</param>
public sealed record CandidateAttribute(
    string Foundation, int Component, string Transport, uint Priority, string Address, int Port, string Type)
{
    // RFC 8839 §5.1 allows foundations of 32 characters, and a name in DNS has 255; Chromium 156 takes more. This bounds what is kept.
    private const int MaximumFieldLength = 4096;
    private const string Prefix = "candidate:";

    /// <summary>Where a candidate that is not of the host comes from; null where not written.</summary>
    public string? RelatedAddress { get; init; }

    /// <summary>The port to <see cref="RelatedAddress"/>.</summary>
    public int? RelatedPort { get; init; }

    /// <summary>"active", "passive" or "so" (RFC 6544 §4.5); null for UDP.</summary>
    public string? TcpType { get; init; }

    /// <summary>Everything else, in order.</summary>
    public IReadOnlyList<CandidateExtension> Extensions { get; init; } = [];

    /// <summary>The ufrag extension: which generation of credentials the candidate belongs to (RFC 8838, RFC 8840 §4.1).</summary>
    public string? Ufrag => Extension("ufrag");

    /// <summary>Whether the address is a multicast DNS name.</summary>
    public bool IsMulticastDns => Address.EndsWith(".local", StringComparison.OrdinalIgnoreCase);

    /// <summary>The value of the first extension of that name; null when there is none.</summary>
    public string? Extension(string name)
    {
        foreach (var extension in Extensions)
        {
            if (extension.Name == name)
            {
                return extension.Value;
            }
        }

        return null;
    }

    /// <summary>Reads a candidate, with or without "candidate:" or "a=candidate:" before it.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out CandidateAttribute? candidate)
    {
        candidate = null;
        text = text.TrimEnd("\r\n ");
        text = text.StartsWith("a=", StringComparison.Ordinal) ? text[2..] : text;
        text = text.StartsWith(Prefix, StringComparison.Ordinal) ? text[Prefix.Length..] : text;
        if (text.ContainsAny('\r', '\n', '\0'))
        {
            return false;
        }

        // A space where the foundation should be: some peers leave it out.
        return (text.StartsWith(' ') && TryParse(default, new SdpFields(text), out candidate))
            || TryParseWithFoundation(text, out candidate);
    }

    private static bool TryParseWithFoundation(ReadOnlySpan<char> text, [NotNullWhen(true)] out CandidateAttribute? candidate)
    {
        candidate = null;
        var fields = new SdpFields(text);
        return fields.TryNext(out var foundation) && foundation.Length <= MaximumFieldLength && TryParse(foundation, fields, out candidate);
    }

    private static bool TryParse(ReadOnlySpan<char> foundation, SdpFields fields, [NotNullWhen(true)] out CandidateAttribute? candidate)
    {
        candidate = null;
        if (!fields.TryNext(out var componentText)
            || !int.TryParse(componentText, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int component)
            || !fields.TryNext(out var transport) || !SdpGrammar.IsToken(transport)
            || !fields.TryNext(out var priorityText) || !SdpNumber.TryUInt32(priorityText, out uint priority)
            || !fields.TryNext(out var address) || address.Length > MaximumFieldLength
            || !fields.TryNextInt32(ushort.MaxValue, out int port)
            || !fields.TryNext(out var typ) || typ is not "typ"
            || !fields.TryNext(out var type) || !SdpGrammar.IsToken(type))
        {
            return false;
        }

        candidate = new CandidateAttribute(
            foundation.ToString(), component, transport.ToString(), priority, address.ToString(), port, type.ToString());
        return TryReadRest(fields, ref candidate);
    }

    /// <inheritdoc/>
    public bool Equals(CandidateAttribute? other) => other is not null && ToString() == other.ToString();

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Foundation, Component, Address, Port, Type);

    /// <summary>"candidate:…", as W3C's RTCIceCandidate.candidate has it.</summary>
    public override string ToString() => Prefix + ToValue();

    /// <summary>The text after <c>a=candidate:</c>.</summary>
    internal string ToValue()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Foundation} {Component} {Transport} {Priority} {Address} {Port} typ {Type}");
        if (RelatedAddress is not null)
        {
            text.Append(" raddr ").Append(RelatedAddress);
        }

        if (RelatedPort is { } relatedPort)
        {
            text.Append(CultureInfo.InvariantCulture, $" rport {relatedPort}");
        }

        if (TcpType is not null)
        {
            text.Append(" tcptype ").Append(TcpType);
        }

        foreach (var extension in Extensions)
        {
            text.Append(' ').Append(extension.Name);
            if (extension.Value.Length > 0)
            {
                text.Append(' ').Append(extension.Value);
            }
        }

        return text.ToString();
    }

    private static bool TryReadRest(SdpFields fields, [NotNullWhen(true)] ref CandidateAttribute? candidate)
    {
        string? relatedAddress = null, tcpType = null;
        int? relatedPort = null;
        var extensions = new List<CandidateExtension>();
        while (fields.TryNext(out var name))
        {
            bool hasValue = fields.TryNext(out var value);
            if (name is "raddr" && relatedAddress is null && hasValue)
            {
                relatedAddress = value.ToString();
            }
            else if (name is "rport" && relatedPort is null && hasValue)
            {
                if (!SdpNumber.TryInt32(value, ushort.MaxValue, out int port))
                {
                    candidate = null;
                    return false;
                }

                relatedPort = port;
            }
            else if (name is "tcptype" && tcpType is null && hasValue)
            {
                tcpType = value.ToString();
            }
            else
            {
                extensions.Add(new CandidateExtension(name.ToString(), value.ToString()));
            }
        }

        candidate =
            candidate! with { RelatedAddress = relatedAddress, RelatedPort = relatedPort, TcpType = tcpType, Extensions = extensions };
        return true;
    }
}
