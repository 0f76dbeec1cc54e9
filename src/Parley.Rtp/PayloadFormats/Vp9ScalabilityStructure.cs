using System.Buffers.Binary;
using Parley.Net;

namespace Parley.Rtp;

/// <summary>
/// The layers of a VP9 stream, with their sizes and the pattern in which its pictures refer to one another (RFC 9628 §4.2.1).
/// </summary>
/// <remarks><code>
///      +-+-+-+-+-+-+-+-+
///      | N_S |Y|G|-|-|-|
///      +-+-+-+-+-+-+-+-+
/// Y:   | WIDTH, HEIGHT | (16 bits each, N_S + 1 times)
/// G:   |      N_G      |
/// N_G: | TID |U| R |-|-| (N_G times, each with R P_DIFFs of a byte)
/// </code></remarks>
public readonly ref struct Vp9ScalabilityStructure
{
    private readonly ReadOnlySpan<byte> _sizes;

    private Vp9ScalabilityStructure(int layers, ReadOnlySpan<byte> sizes, int pictures, int length)
    {
        SpatialLayerCount = layers;
        _sizes = sizes;
        PictureCount = pictures;
        Length = length;
    }

    /// <summary>Bytes the structure takes.</summary>
    public int Length { get; }

    /// <summary>N_S + 1: the spatial layers, 1 to 8.</summary>
    public int SpatialLayerCount { get; }

    /// <summary>Y: whether the layers' sizes are told.</summary>
    public bool HasSizes => !_sizes.IsEmpty;

    /// <summary>N_G: the pictures of the pattern, 0 to 255.</summary>
    public int PictureCount { get; }

    /// <summary>The size of a spatial layer in pixels.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such layer, or its size is not told.</exception>
    public (int Width, int Height) SizeOf(int spatialLayer)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(spatialLayer);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(spatialLayer, HasSizes ? SpatialLayerCount : 0);
        var size = _sizes[(spatialLayer * 4)..];
        return (BinaryPrimitives.ReadUInt16BigEndian(size), BinaryPrimitives.ReadUInt16BigEndian(size[2..]));
    }

    /// <summary>Reads the structure; false when the bytes end before it does.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out Vp9ScalabilityStructure structure)
    {
        structure = default;
        var reader = new BigEndianReader(bytes);
        ReadOnlySpan<byte> sizes = default;
        byte pictures = 0;
        if (!reader.TryReadByte(out var first))
        {
            return false;
        }

        var layers = (first >> 5) + 1;
        if (((first & 0x10) != 0 && !reader.TryReadBytes(layers * 4, out sizes))
            || ((first & 0x08) != 0 && !reader.TryReadByte(out pictures)))
        {
            return false;
        }

        for (var i = 0; i < pictures; i++)
        {
            if (!reader.TryReadByte(out var picture) || !reader.TrySkip(picture >> 2 & 0x03))
            {
                return false;
            }
        }

        structure = new Vp9ScalabilityStructure(layers, sizes, pictures, bytes.Length - reader.Remaining);
        return true;
    }
}
