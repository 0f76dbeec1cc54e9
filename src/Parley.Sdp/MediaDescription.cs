using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Parley.Sdp;

/// <summary>One media section: an <c>m=</c> line and what stands under it (RFC 8866 §5.14).</summary>
public sealed partial class MediaDescription : SdpSection
{
    /// <summary>Makes an empty section.</summary>
    /// <param name="kind">"audio", "video", "application" or another token.</param>
    /// <param name="port">0 to 65535; 9 where ICE decides, 0 for rejected or bundle-only.</param>
    /// <param name="protocol">Such as "UDP/TLS/RTP/SAVPF" or "UDP/DTLS/SCTP".</param>
    /// <param name="formats">Payload types, or "webrtc-datachannel".</param>
    public MediaDescription(string kind, int port, string protocol, params IEnumerable<string> formats)
    {
        Kind = kind;
        Port = port;
        Protocol = protocol;
        Formats = [.. formats];
    }

    /// <summary>"audio", "video", "application" or another token.</summary>
    public string Kind { get; set; }

    /// <summary>0 to 65535; 0 says rejected, or bundle-only with that attribute.</summary>
    public int Port { get; set; }

    /// <summary>How many consecutive ports; 1 unless written.</summary>
    public int PortCount { get; set; } = 1;

    /// <summary>The transport, such as "UDP/TLS/RTP/SAVPF".</summary>
    public string Protocol { get; set; }

    /// <summary>The formats in order of preference: payload types for RTP.</summary>
    public List<string> Formats { get; }

    /// <summary>The 1-based line of the <c>m=</c> line; 0 when made by code.</summary>
    public int LineNumber { get; internal set; }

    /// <summary>The <c>k=</c> line, obsolete, kept verbatim.</summary>
    public string? EncryptionKey { get; set; }

    /// <summary>Port 0 without <c>a=bundle-only</c> (RFC 9429 §5.3.1, RFC 8843 §6).</summary>
    public bool IsRejected => Port == 0 && !BundleOnly;

    /// <summary>The formats that are payload types 0 to 127, in order.</summary>
    public IReadOnlyList<int> PayloadTypes
    {
        get
        {
            var types = new List<int>(Formats.Count);
            foreach (string format in Formats)
            {
                if (SdpNumber.TryInt32(format, 127, out int type))
                {
                    types.Add(type);
                }
            }

            return types;
        }
    }

    /// <summary>The whole section with CRLF line ends.</summary>
    /// <exception cref="InvalidOperationException">A text set by the caller holds a line break.</exception>
    public override string ToString()
    {
        var text = new StringBuilder();
        WriteTo(new SdpWriter(text));
        return text.ToString();
    }

    internal static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out MediaDescription? media)
    {
        media = null;
        var fields = new SdpFields(text);
        if (!fields.TryNext(out var kind)
            || !SdpGrammar.IsToken(kind)
            || !fields.TryNext(out var ports)
            || !fields.TryNext(out var protocol)
            || fields.IsAtEnd)
        {
            return false;
        }

        int slash = ports.IndexOf('/');
        int count = 1;
        if (!SdpNumber.TryInt32(slash < 0 ? ports : ports[..slash], 65_535, out int port)
            || (slash >= 0 && (!SdpNumber.TryInt32(ports[(slash + 1)..], 65_535, out count) || count == 0)))
        {
            return false;
        }

        media = new MediaDescription(kind.ToString(), port, protocol.ToString()) { PortCount = count };
        while (fields.TryNext(out var format))
        {
            media.Formats.Add(format.ToString());
        }

        return true;
    }

    internal void WriteTo(SdpWriter writer)
    {
        writer.Line('m', FirstLine());
        writer.Optional('i', Title);
        foreach (var connection in Connections)
        {
            writer.Line('c', connection.ToString());
        }

        foreach (var bandwidth in Bandwidths)
        {
            writer.Line('b', bandwidth.ToString());
        }

        writer.Optional('k', EncryptionKey);
        WriteOthers(writer, static _ => true);
        foreach (var attribute in Attributes)
        {
            writer.Attribute(attribute);
        }
    }

    internal string FirstLine()
    {
        var line = new StringBuilder(Kind).Append(' ').Append(CultureInfo.InvariantCulture, $"{Port}");
        if (PortCount != 1)
        {
            line.Append(CultureInfo.InvariantCulture, $"/{PortCount}");
        }

        line.Append(' ').Append(Protocol);
        foreach (string format in Formats)
        {
            line.Append(' ').Append(format);
        }

        return line.ToString();
    }
}
