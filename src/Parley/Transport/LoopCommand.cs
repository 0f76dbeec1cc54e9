namespace Parley;

/// <summary>Something the loop shall do in its next turn. A value, so that messages and frames queue without garbage.</summary>
internal struct LoopCommand
{
    public TransportStack? Stack;
    public Action<TransportStack>? Action;
    public Action? Done;
    public DataChannel? Channel;
    public byte[]? Buffer;
    public int Length;
    public bool IsBinary;
    public bool IsClose;
    public OutgoingFrame Frame;
}
