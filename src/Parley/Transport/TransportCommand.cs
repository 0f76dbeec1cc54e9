namespace Parley;

/// <summary>
/// Something that a transport shall do in the driver's next turn: an order, a message or a frame. A small value, so that messages and
/// frames queue without garbage.
/// </summary>
internal readonly struct TransportCommand
{
    private TransportCommand(
        TransportOrder? order = null,
        OutgoingFrame? frame = null,
        DataChannel? channel = null,
        byte[]? message = null,
        int length = 0,
        bool isBinary = false)
    {
        Order = order;
        Frame = frame;
        Channel = channel;
        Message = message;
        Length = length;
        IsBinary = isBinary;
    }

    /// <summary>The order; null: a message or a frame.</summary>
    public TransportOrder? Order { get; }

    /// <summary>The frame to send; null: a message.</summary>
    public OutgoingFrame? Frame { get; }

    /// <summary>The message's channel.</summary>
    public DataChannel? Channel { get; }

    /// <summary>The message's bytes, in a rented array.</summary>
    public byte[]? Message { get; }

    /// <summary>How many they are.</summary>
    public int Length { get; }

    /// <summary>Whether the message is bytes, not text.</summary>
    public bool IsBinary { get; }

    public static TransportCommand Run(TransportOrder order) => new(order);

    public static TransportCommand Send(OutgoingFrame frame) => new(frame: frame);

    public static TransportCommand Send(DataChannel channel, byte[] message, int length, bool isBinary) =>
        new(channel: channel, message: message, length: length, isBinary: isBinary);
}
