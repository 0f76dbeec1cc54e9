namespace Parley.Media;

/// <summary>What an Opus encoder is to do best.</summary>
public enum OpusApplication
{
    /// <summary>Speech that is easily understood.</summary>
    Voice = 2048,

    /// <summary>Faithfulness to the input: music, and speech too.</summary>
    Audio = 2049,

    /// <summary>The least delay.</summary>
    LowDelay = 2051,
}
