namespace Parley.Cli.Bench.Soak;

/// <summary>What calls did, added up.</summary>
internal sealed class SoakTally
{
    public long Messages { get; set; }

    public long Bytes { get; set; }

    /// <summary>Messages of channels that may lose some.</summary>
    public long Unreliable { get; set; }

    public long UnreliableLost { get; set; }

    public long FramesSent { get; set; }

    public long FramesReceived { get; set; }

    public int Renegotiations { get; set; }

    public int TransceiversAddedAndStopped { get; set; }

    public int IceRestarts { get; set; }

    public int ChannelsOpenedAndClosed { get; set; }

    public int ReadersStopped { get; set; }

    public int OffersCrossed { get; set; }
}
