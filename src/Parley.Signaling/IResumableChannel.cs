namespace Parley.Signaling;

/// <summary>A channel that may be without a way to the peer for a while. What is sent meanwhile is kept and sent later.</summary>
public interface IResumableChannel : ISignalingChannel
{
    /// <summary>The way to the peer is there again. Raised on any thread.</summary>
    event EventHandler? Resumed;
}
