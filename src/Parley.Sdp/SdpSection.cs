using System.Diagnostics.CodeAnalysis;

namespace Parley.Sdp;

/// <summary>
/// What the session level and a media section have in common: an ordered list of attributes, and typed views of those that may stand at
/// either level. A view is computed from the list when it is read and written into it when it is set: the new lines take the place of
/// the first old one, or the end of the list. Lines that a view cannot read are left out of it and stay in the list.
/// </summary>
public abstract class SdpSection
{
    private protected SdpSection()
    {
    }

    private protected delegate bool ValueParser<T>(ReadOnlySpan<char> text, [MaybeNullWhen(false)] out T value);

    /// <summary>The <c>i=</c> line: a title for people.</summary>
    public string? Title { get; set; }

    /// <summary>The <c>c=</c> line; the first one, where a section has several.</summary>
    public SdpConnection? Connection
    {
        get => Connections.Count == 0 ? null : Connections[0];
        set
        {
            Connections.Clear();
            if (value is not null)
            {
                Connections.Add(value);
            }
        }
    }

    /// <summary>All <c>c=</c> lines; only a media section may have more than one.</summary>
    public IList<SdpConnection> Connections { get; } = [];

    /// <summary>The <c>b=</c> lines.</summary>
    public IList<SdpBandwidth> Bandwidths { get; } = [];

    /// <summary>
    /// Lines that WebRTC gives no meaning, kept verbatim: the session's <c>u=</c>, <c>e=</c>, <c>p=</c>, <c>z=</c> and <c>k=</c>, and
    /// letters that are unknown here.
    /// </summary>
    public IList<SdpLine> OtherLines { get; } = [];

    /// <summary>The <c>a=</c> lines in their order, known and unknown.</summary>
    public List<SdpAttribute> Attributes { get; } = [];

    /// <summary>The ICE user name fragment of this level (RFC 8839 §5.4).</summary>
    public string? IceUfrag
    {
        get => Value("ice-ufrag");
        set => Write("ice-ufrag", value);
    }

    /// <summary>The ICE password of this level (RFC 8839 §5.4).</summary>
    public string? IcePwd
    {
        get => Value("ice-pwd");
        set => Write("ice-pwd", value);
    }

    /// <summary>
    /// The ICE options of this level: "trickle", "ice2", "renomination" … (RFC 8839 §5.6). RFC 8840 puts them at the session level.
    /// </summary>
    public IReadOnlyList<string> IceOptions
    {
        get => Words(Value("ice-options"));
        set => Write("ice-options", value.Count == 0 ? null : string.Join(' ', value));
    }

    /// <summary>The certificate fingerprints of this level (RFC 8122 §5). All belong to one certificate or to alternatives of it.</summary>
    public IReadOnlyList<Fingerprint> Fingerprints
    {
        get => ReadAll<Fingerprint>("fingerprint", Fingerprint.TryParse);
        set => WriteAll("fingerprint", value);
    }

    /// <summary>The DTLS role of this level (RFC 4145 §4, RFC 5763 §5).</summary>
    public SetupRole? Setup
    {
        get => SetupRoles.TryParse(Value("setup"), out var role) ? role : null;
        set => Write("setup", value?.ToText());
    }

    /// <summary>The identifier of the DTLS association (RFC 8842 §4).</summary>
    public string? TlsId
    {
        get => Value("tls-id");
        set => Write("tls-id", value);
    }

    /// <summary>
    /// The direction written at this level; null when none is. The media section's <see cref="MediaDescription.Direction"/> adds the
    /// default.
    /// </summary>
    public MediaDirection? WrittenDirection
    {
        get
        {
            foreach (var attribute in Attributes)
            {
                if (MediaDirections.TryParse(attribute, out var direction))
                {
                    return direction;
                }
            }

            return null;
        }
        set => Replace(
            static attribute => MediaDirections.TryParse(attribute, out _),
            value is { } direction ? [new SdpAttribute(direction.ToText())] : []);
    }

    /// <summary>Whether one- and two-byte header extensions may be mixed in a stream (RFC 8285 §6).</summary>
    public bool ExtMapAllowMixed
    {
        get => Has("extmap-allow-mixed");
        set => WriteFlag("extmap-allow-mixed", value);
    }

    /// <summary>The RTP header extensions of this level (RFC 8285 §5).</summary>
    public IReadOnlyList<ExtMap> ExtMaps
    {
        get => ReadAll<ExtMap>("extmap", ExtMap.TryParse);
        set => WriteAll("extmap", value);
    }

    /// <summary>No more candidates will come for this generation (RFC 8840 §8.2).</summary>
    public bool EndOfCandidates
    {
        get => Has("end-of-candidates");
        set => WriteFlag("end-of-candidates", value);
    }

    /// <summary>Whether an attribute of that name stands at this level.</summary>
    public bool Has(string name)
    {
        foreach (var attribute in Attributes)
        {
            if (attribute.Name == name)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The value of the first attribute of that name; null when there is none, or none with a value.</summary>
    public string? Value(string name)
    {
        foreach (var attribute in Attributes)
        {
            if (attribute.Name == name)
            {
                return attribute.Value;
            }
        }

        return null;
    }

    /// <summary>The values of all attributes of that name that have one, in order.</summary>
    public IReadOnlyList<string> Values(string name)
    {
        var values = new List<string>();
        foreach (var attribute in Attributes)
        {
            if (attribute.Name == name && attribute.Value is { } value)
            {
                values.Add(value);
            }
        }

        return values;
    }

    /// <summary>Appends an attribute.</summary>
    public void Add(string name, string? value = null) => Attributes.Add(new SdpAttribute(name, value));

    /// <summary>Removes all attributes of that name.</summary>
    public void Remove(string name) => Attributes.RemoveAll(attribute => attribute.Name == name);

    private protected void WriteOthers(SdpWriter writer, Predicate<char> isWanted)
    {
        foreach (var line in OtherLines)
        {
            if (isWanted(line.Type))
            {
                writer.Line(line.Type, line.Value);
            }
        }
    }

    private protected static IReadOnlyList<string> Words(string? text) =>
        text is null ? [] : text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private protected IReadOnlyList<T> ReadAll<T>(string name, ValueParser<T> parser)
    {
        var all = new List<T>();
        foreach (var attribute in Attributes)
        {
            if (attribute.Name == name && attribute.Value is { } text && parser(text, out var value))
            {
                all.Add(value);
            }
        }

        return all;
    }

    private protected T? ReadFirst<T>(string name, ValueParser<T> parser)
        where T : class => Value(name) is { } text && parser(text, out var value) ? value : null;

    private protected void WriteAll<T>(string name, IReadOnlyList<T> values)
        where T : notnull
    {
        var lines = new List<SdpAttribute>(values.Count);
        foreach (var value in values)
        {
            lines.Add(new SdpAttribute(name, value.ToString()));
        }

        Replace(attribute => attribute.Name == name, lines);
    }

    private protected void Write(string name, string? value) =>
        Replace(attribute => attribute.Name == name, value is null ? [] : [new SdpAttribute(name, value)]);

    private protected void WriteFlag(string name, bool value) =>
        Replace(attribute => attribute.Name == name, value ? [new SdpAttribute(name)] : []);

    private protected void Replace(Predicate<SdpAttribute> old, IReadOnlyCollection<SdpAttribute> lines)
    {
        int place = Attributes.FindIndex(old);
        Attributes.RemoveAll(old);
        Attributes.InsertRange(place < 0 ? Attributes.Count : place, lines);
    }
}
