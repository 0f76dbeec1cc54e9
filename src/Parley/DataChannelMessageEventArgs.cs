namespace Parley;

/// <summary>A message arrived on a data channel.</summary>
/// <remarks>MessageEvent.</remarks>
/// <param name="message">The message.</param>
public sealed class DataChannelMessageEventArgs(DataChannelMessage message) : EventArgs
{
    /// <summary>The message. Its bytes stay valid.</summary>
    public DataChannelMessage Message { get; } = message;

    /// <summary>The message's bytes.</summary>
    public ReadOnlyMemory<byte> Data => Message.Data;

    /// <summary>The message as text.</summary>
    public string Text => Message.Text;

    /// <summary>Whether it was sent as bytes rather than as text.</summary>
    public bool IsBinary => Message.IsBinary;
}
