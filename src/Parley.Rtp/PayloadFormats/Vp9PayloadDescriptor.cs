using Parley.Net;

namespace Parley.Rtp;

/// <summary>What precedes the VP9 data in each payload (RFC 9628 §4.2).</summary>
/// <remarks><code>
///       0 1 2 3 4 5 6 7
///      +-+-+-+-+-+-+-+-+
///      |I|P|L|F|B|E|V|Z| (required)
///      +-+-+-+-+-+-+-+-+
/// I:   |M| PICTURE ID  | (7 bits; with M set, 15 bits over two bytes)
/// L:   | TID |U| SID |D|
///      |   TL0PICIDX   | (F = 0 only)
/// P,F: | P_DIFF      |N| (up to three, N: another follows)
/// V:   | scalability structure … |
/// </code></remarks>
public readonly ref struct Vp9PayloadDescriptor
{
    /// <summary>The most references a picture of the flexible mode names.</summary>
    public const int MaxReferences = 3;

    private readonly byte _first;
    private readonly byte _layers;
    private readonly ReadOnlySpan<byte> _references;

    private Vp9PayloadDescriptor(byte first, byte layers, int pictureId, int levelZeroIndex, ReadOnlySpan<byte> references,
        Vp9ScalabilityStructure structure, int length)
    {
        _first = first;
        _layers = layers;
        PictureId = pictureId;
        TemporalLevelZeroIndex = levelZeroIndex;
        _references = references;
        Structure = structure;
        Length = length;
    }

    /// <summary>Bytes the descriptor takes.</summary>
    public int Length { get; }

    /// <summary>The picture's running number, of 7 or 15 bits; -1 when absent.</summary>
    public int PictureId { get; }

    /// <summary>P: whether the layer frame refers to pictures before it.</summary>
    public bool IsInterPredicted => (_first & 0x40) != 0;

    /// <summary>L: whether layers are named.</summary>
    public bool HasLayers => (_first & 0x20) != 0;

    /// <summary>F: whether each picture names what it refers to.</summary>
    public bool IsFlexible => (_first & 0x10) != 0;

    /// <summary>B: whether a layer frame starts with this payload.</summary>
    public bool StartsLayerFrame => (_first & 0x08) != 0;

    /// <summary>E: whether a layer frame ends with this payload.</summary>
    public bool EndsLayerFrame => (_first & 0x04) != 0;

    /// <summary>V: whether a scalability structure is there.</summary>
    public bool HasStructure => (_first & 0x02) != 0;

    /// <summary>Z: whether no frame of a higher spatial layer refers to this one.</summary>
    public bool IsNotReferencedByUpperLayers => (_first & 0x01) != 0;

    /// <summary>TID: the temporal layer, 0 to 7; -1 when absent.</summary>
    public int TemporalLayer => HasLayers ? _layers >> 5 : -1;

    /// <summary>U: whether higher temporal layers may begin after this picture.</summary>
    public bool IsSwitchingUpPoint => HasLayers && (_layers & 0x10) != 0;

    /// <summary>SID: the spatial layer, 0 to 7; -1 when absent.</summary>
    public int SpatialLayer => HasLayers ? _layers >> 1 & 0x07 : -1;

    /// <summary>D: whether the layer frame refers to the spatial layer below it in the same picture.</summary>
    public bool IsInterLayerPredicted => HasLayers && (_layers & 0x01) != 0;

    /// <summary>TL0PICIDX: the running number of the temporal base layer's pictures; -1 when absent.</summary>
    public int TemporalLevelZeroIndex { get; }

    /// <summary>How many pictures the flexible mode says this one refers to, at most <see cref="MaxReferences"/>.</summary>
    public int ReferenceCount => _references.Length;

    /// <summary>The layers, their sizes and their pattern; of use only when <see cref="HasStructure"/>.</summary>
    public Vp9ScalabilityStructure Structure { get; }

    /// <summary>
    /// Whether a picture starts with this payload: a layer frame does, and none below it in the same picture is referred to (D; it is 0 in
    /// the lowest layer, §4.2).
    /// </summary>
    public bool StartsPicture => StartsLayerFrame && !IsInterLayerPredicted;

    /// <summary>P_DIFF: how many pictures back one that this picture refers to is, 0 to 127.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such reference.</exception>
    public int Reference(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, ReferenceCount);
        return _references[index] >> 1;
    }

    /// <summary>Reads the descriptor; false when the payload ends before it does, or names more than three references.</summary>
    public static bool TryParse(ReadOnlySpan<byte> payload, out Vp9PayloadDescriptor descriptor)
    {
        descriptor = default;
        var reader = new BigEndianReader(payload);
        if (!reader.TryReadByte(out var first))
        {
            return false;
        }

        var pictureId = -1;
        byte layers = 0, levelZero = 0;
        ReadOnlySpan<byte> references = default;
        Vp9ScalabilityStructure structure = default;
        var (hasLayers, isFlexible) = ((first & 0x20) != 0, (first & 0x10) != 0);
        if (((first & 0x80) != 0 && !VpxPictureId.TryRead(ref reader, out pictureId))
            || (hasLayers && !reader.TryReadByte(out layers))
            || (hasLayers && !isFlexible && !reader.TryReadByte(out levelZero))
            || (isFlexible && (first & 0x40) != 0 && !TryReadReferences(ref reader, out references))
            || ((first & 0x02) != 0 && !TryReadStructure(ref reader, out structure)))
        {
            return false;
        }

        descriptor = new Vp9PayloadDescriptor(
            first, layers, pictureId, hasLayers && !isFlexible ? levelZero : -1, references, structure, payload.Length - reader.Remaining);
        return true;
    }

    private static bool TryReadReferences(scoped ref BigEndianReader reader, out ReadOnlySpan<byte> references)
    {
        // §4.2: "N: 1 if there is additional P_DIFF"; at most three.
        var rest = reader.Rest;
        var count = 1;
        while (count <= MaxReferences && count <= rest.Length && (rest[count - 1] & 1) != 0)
        {
            count++;
        }

        references = default;
        return count <= MaxReferences && reader.TryReadBytes(count, out references);
    }

    private static bool TryReadStructure(scoped ref BigEndianReader reader, out Vp9ScalabilityStructure structure) =>
        Vp9ScalabilityStructure.TryParse(reader.Rest, out structure) && reader.TrySkip(structure.Length);
}
