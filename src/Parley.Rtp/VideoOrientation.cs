namespace Parley.Rtp;

/// <summary>How a picture must be turned to be shown upright (<c>urn:3gpp:video-orientation</c>, 3GPP TS 26.114 §7.4.5).</summary>
/// <param name="Rotation">Degrees clockwise by which the receiver turns it: 0, 90, 180 or 270.</param>
/// <param name="IsFlipped">Whether it is mirrored from left to right as well.</param>
/// <param name="IsBackCamera">Whether a camera at the back of the device took it.</param>
public readonly record struct VideoOrientation(int Rotation, bool IsFlipped = false, bool IsBackCamera = false)
{
    private const byte BackCamera = 8;
    private const byte Flipped = 4;

    /// <summary>Reads the extension's byte: C, F, R1 and R0 in its lower half.</summary>
    public static VideoOrientation FromByte(byte value) => new((value & 3) * 90, (value & Flipped) != 0, (value & BackCamera) != 0);

    /// <summary>The extension's byte. A rotation between two of the four counts as the smaller one.</summary>
    public byte ToByte() => (byte)(((Rotation % 360 + 360) % 360 / 90) | (IsFlipped ? Flipped : 0) | (IsBackCamera ? BackCamera : 0));
}
