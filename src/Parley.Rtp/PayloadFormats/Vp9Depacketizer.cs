namespace Parley.Rtp;

/// <summary>
/// VP9 out of RTP (RFC 9628 §4): the layer frames of a picture one after the other, as a decoder takes them. A picture ends with the
/// marker; where no layers are named, with its only layer frame (E) too.
/// </summary>
internal sealed class Vp9Depacketizer : Depacketizer
{
    private bool _isInterPredicted;
    private int _width;
    private int _height;

    public override bool StartsFrame(ReadOnlySpan<byte> payload) =>
        Vp9PayloadDescriptor.TryParse(payload, out var descriptor) && descriptor.StartsPicture;

    public override bool EndsFrame(ReadOnlySpan<byte> payload) =>
        Vp9PayloadDescriptor.TryParse(payload, out var descriptor) && descriptor is { EndsLayerFrame: true, HasLayers: false };

    public override bool TryAdd(ReadOnlySpan<byte> payload, FrameBuffer frame, int limit)
    {
        if (!Vp9PayloadDescriptor.TryParse(payload, out var descriptor) || payload.Length <= descriptor.Length)
        {
            return false;
        }

        if (frame.Length == 0)
        {
            _isInterPredicted = descriptor.IsInterPredicted;
            _width = _height = 0;
        }

        if (descriptor.HasStructure && descriptor.Structure.HasSizes)
        {
            (_width, _height) = descriptor.Structure.SizeOf(descriptor.Structure.SpatialLayerCount - 1);
        }

        return frame.TryAppend(payload[descriptor.Length..], limit);
    }

    public override bool IsKeyFrame(ReadOnlySpan<byte> frame, out int width, out int height)
    {
        // The frame knows best; P says it of what cannot be read, such as a frame encrypted from end to end.
        var isReadable = Vp9FrameHeader.TryParse(frame, out var header);
        if (isReadable ? !header.IsKeyFrame : _isInterPredicted)
        {
            width = height = 0;
            return false;
        }

        // The first layer frame is the smallest; the structure tells the size of the largest.
        (width, height) = _width > 0 && _height > 0 ? (_width, _height) : (header.Width, header.Height);
        return true;
    }
}
