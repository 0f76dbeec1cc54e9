namespace Parley.Net.Mdns;

/// <summary>Why a datagram is not an answer that can be used.</summary>
internal enum DnsParseError
{
    /// <summary>It is one.</summary>
    None,

    /// <summary>It ends too early.</summary>
    Truncated,

    /// <summary>A query, an error, or an answer to somebody else's query.</summary>
    NotAnAnswer,

    /// <summary>It claims more records than any answer has.</summary>
    TooManyRecords,

    /// <summary>A question is broken.</summary>
    BadQuestion,

    /// <summary>A record's name is broken.</summary>
    BadName,
}
