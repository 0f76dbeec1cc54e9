using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Parley.Sdp;

/// <summary>The old way to say an SCTP port, <c>a=sctpmap</c>, from the drafts before RFC 8841.</summary>
/// <param name="Port">The SCTP port.</param>
/// <param name="Protocol">"webrtc-datachannel".</param>
/// <param name="Streams">How many streams; null where not written.</param>
public sealed record SctpMap(int Port, string Protocol, int? Streams = null)
{
    /// <summary>Reads the text after <c>a=sctpmap:</c>.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out SctpMap? map)
    {
        map = null;
        var fields = new SdpFields(text);
        int streams = 0;
        if (!fields.TryNextInt32(ushort.MaxValue, out int port) || !fields.TryNext(out var protocol))
        {
            return false;
        }

        bool hasStreams = !fields.IsAtEnd;
        if (hasStreams && (!fields.TryNextInt32(65_536, out streams) || !fields.IsAtEnd))
        {
            return false;
        }

        map = new SctpMap(port, protocol.ToString(), hasStreams ? streams : null);
        return true;
    }

    /// <summary>The text after <c>a=sctpmap:</c>.</summary>
    public override string ToString() => Streams is { } streams
        ? string.Create(CultureInfo.InvariantCulture, $"{Port} {Protocol} {streams}")
        : string.Create(CultureInfo.InvariantCulture, $"{Port} {Protocol}");
}
