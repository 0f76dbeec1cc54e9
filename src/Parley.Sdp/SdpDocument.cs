using System.Text;

namespace Parley.Sdp;

/// <summary>A session description (RFC 8866): text to objects and back. What is not understood stays where it stands.</summary>
public sealed partial class SdpDocument : SdpSection
{
    /// <summary>The longest text that is read, in characters.</summary>
    public const int MaximumLength = 512 * 1024;

    /// <summary>The most lines that are read.</summary>
    public const int MaximumLines = 16_384;

    /// <summary>The most media sections that are read.</summary>
    public const int MaximumMedia = 1_024;

    /// <summary>The <c>v=</c> line; always 0.</summary>
    public int Version { get; set; }

    /// <summary>The <c>o=</c> line.</summary>
    public SdpOrigin Origin { get; set; } = new("-", 0, 0);

    /// <summary>The <c>s=</c> line; "-" for none.</summary>
    public string SessionName { get; set; } = "-";

    /// <summary>The <c>t=</c> lines. A new document has <c>t=0 0</c>.</summary>
    public IList<SdpTiming> Timings { get; } = [new SdpTiming(0, 0)];

    /// <summary>The media sections in their order.</summary>
    public List<MediaDescription> Media { get; } = [];

    /// <summary>The whole description, CRLF line ends, lines in the order of RFC 8866 §9.</summary>
    /// <exception cref="InvalidOperationException">A text set by the caller holds a line break.</exception>
    public override string ToString()
    {
        var text = new StringBuilder(1024 + (Media.Count * 2048));
        var writer = new SdpWriter(text);
        writer.Line('v', SdpNumber.ToText(Version));
        writer.Line('o', Origin.ToString());
        writer.Line('s', SessionName);
        writer.Optional('i', Title);
        WriteOthers(writer, static type => type is 'u' or 'e' or 'p');
        foreach (var connection in Connections)
        {
            writer.Line('c', connection.ToString());
        }

        foreach (var bandwidth in Bandwidths)
        {
            writer.Line('b', bandwidth.ToString());
        }

        foreach (var timing in Timings)
        {
            writer.Line('t', timing.ToString());
            foreach (string repeat in timing.Repeats)
            {
                writer.Line('r', repeat);
            }
        }

        WriteOthers(writer, static type => type is not ('u' or 'e' or 'p'));
        foreach (var attribute in Attributes)
        {
            writer.Attribute(attribute);
        }

        foreach (var media in Media)
        {
            media.WriteTo(writer);
        }

        return text.ToString();
    }
}
