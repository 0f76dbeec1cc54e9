namespace Parley.Media;

/// <summary>Reads a frame; false at the end.</summary>
internal delegate bool MediaFrameReader(out MediaFrame frame);
