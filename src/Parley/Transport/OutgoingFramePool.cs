namespace Parley;

/// <summary>
/// Frames to be used again: one side takes, with the sender's lock held, and the loop gives back. Two counters that each only one side
/// moves need no lock, and what one thread lends and another gives back stays in few and warm arrays.
/// </summary>
internal sealed class OutgoingFramePool(EncodingFlow flow)
{
    /// <summary>The most frames kept, a power of two; more are left to the collector.</summary>
    private const int Capacity = 256;

    private OutgoingFrame?[] _free = [];
    private uint _taken;
    private uint _returned;

    /// <summary>A frame, new when none has come back.</summary>
    public OutgoingFrame Take()
    {
        if (_taken == Volatile.Read(ref _returned))
        {
            return new OutgoingFrame(flow);
        }

        ref var slot = ref _free[_taken & (Capacity - 1)];
        var frame = slot!;
        slot = null;
        Volatile.Write(ref _taken, _taken + 1);
        return frame;
    }

    /// <summary>Takes a frame back. In the loop.</summary>
    public void Return(OutgoingFrame frame)
    {
        frame.Clear();
        if (_returned - Volatile.Read(ref _taken) == Capacity)
        {
            return;
        }

        if (_free.Length == 0)
        {
            _free = new OutgoingFrame?[Capacity];
        }

        _free[_returned & (Capacity - 1)] = frame;
        Volatile.Write(ref _returned, _returned + 1);
    }
}
