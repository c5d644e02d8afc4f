<SUBMISSION>
<ACCESSION-NUMBER>0009930001-24-000001
<TYPE>SC 13G
<PUBLIC-DOCUMENT-COUNT>1
<FILING-DATE>20240213
<DATE-OF-FILING-DATE-CHANGE>20240213
<GROUP-MEMBERS>BRACKENRIDGE HARBOUR (GUERNSEY) LTD
<GROUP-MEMBERS>PHILIPPA AUGER
<SUBJECT-COMPANY>
<COMPANY-DATA>
<CONFORMED-NAME>HOLLOWAY MARINE ROBOTICS INC
<CIK>0009910001
<ASSIGNED-SIC>3812
<ORGANIZATION-NAME>04 Manufacturing
<IRS-NUMBER>919910001
<STATE-OF-INCORPORATION>DE
<FISCAL-YEAR-END>1231
</COMPANY-DATA>
<FILING-VALUES>
<FORM-TYPE>SC 13G
<ACT>34
<FILE-NUMBER>005-99101
<FILM-NUMBER>24993001
</FILING-VALUES>
<BUSINESS-ADDRESS>
<STREET1>4 CAISSON WHARF
<STREET2>SUITE 210
<CITY>BREMERTON
<STATE>WA
<ZIP>98337
<PHONE>360-555-0142
</BUSINESS-ADDRESS>
<MAIL-ADDRESS>
<STREET1>4 CAISSON WHARF
<STREET2>SUITE 210
<CITY>BREMERTON
<STATE>WA
<ZIP>98337
</MAIL-ADDRESS>
<FORMER-COMPANY>
<FORMER-CONFORMED-NAME>HOLLOWAY DIVING EQUIPMENT CO
<DATE-CHANGED>20030911
</FORMER-COMPANY>
</SUBJECT-COMPANY>
<FILED-BY>
<COMPANY-DATA>
<CONFORMED-NAME>BRACKENRIDGE HARBOUR CAPITAL MANAGEMENT LLC
<CIK>0009930001
<ORGANIZATION-NAME>
<IRS-NUMBER>049930001
<STATE-OF-INCORPORATION>DE
<FISCAL-YEAR-END>1231
</COMPANY-DATA>
<FILING-VALUES>
<FORM-TYPE>SC 13G
</FILING-VALUES>
<BUSINESS-ADDRESS>
<STREET1>900 LANTERN STREET
<STREET2>31ST FLOOR
<CITY>BOSTON
<STATE>MA
<ZIP>02110
<PHONE>617-555-0177
</BUSINESS-ADDRESS>
<MAIL-ADDRESS>
<STREET1>900 LANTERN STREET
<STREET2>31ST FLOOR
<CITY>BOSTON
<STATE>MA
<ZIP>02110
</MAIL-ADDRESS>
</FILED-BY>
<DOCUMENT>
<TYPE>SC 13G
<SEQUENCE>1
<FILENAME>brackenridge-hmrx-13g.txt
<DESCRIPTION>SCHEDULE 13G
<TEXT>
                                 UNITED STATES
                       SECURITIES AND EXCHANGE COMMISSION
                             Washington, D.C. 20549

                                  SCHEDULE 13G

                    Under the Securities Exchange Act of 1934

                          HOLLOWAY MARINE ROBOTICS INC
                                (Name of Issuer)

                         Common Stock, $0.001 par value
                         (Title of Class of Securities)

                                   43899X101
                                 (CUSIP Number)

                               December 31, 2023
             (Date of Event Which Requires Filing of this Statement)

[X] Rule 13d-1(b)   [ ] Rule 13d-1(c)   [ ] Rule 13d-1(d)

1.  Name of Reporting Person:  Brackenridge Harbour Capital Management LLC
2.  Member of a group:         (a) [ ]   (b) [X]
4.  Place of organization:     Delaware
5.  Sole voting power:         2,960,400
6.  Shared voting power:       0
7.  Sole dispositive power:    2,960,400
8.  Shared dispositive power:  0
9.  Aggregate amount:          2,960,400
11. Percent of class:          7.4%
12. Type:                      IA

Item 10. Certification. The securities were acquired and are held in the
ordinary course of business and not with the purpose of changing or
influencing the control of the issuer.

Dated: February 12, 2024

BRACKENRIDGE HARBOUR CAPITAL MANAGEMENT LLC
By: /s/ Philippa Auger
Chief Compliance Officer
</TEXT>
</DOCUMENT>
</SUBMISSION>
