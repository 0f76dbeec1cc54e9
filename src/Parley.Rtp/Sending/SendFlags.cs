namespace Parley.Rtp;

/// <summary>Marks of a packet on its way out.</summary>
[Flags]
internal enum SendFlags : ushort
{
    None = 0,
    Marker = 1,
    FrameStart = 2,
    FrameEnd = 4,
    HasAudioLevel = 8,
    Dropped = 16,
    ResendPending = 32,
    Resent = 64,
    HasMixerLevels = 128,
    HasOrientation = 256,
}
