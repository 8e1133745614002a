UPDATE Customer SET Company = 'Ferry & Co, "Ltd"' WHERE CustomerId % 10 = 0;
INSERT INTO Genre VALUES (900, 'Hörspiel'), (901, '');
UPDATE Track SET UnitPrice = UnitPrice + 0.01 WHERE TrackId % 100 = 0;
DELETE FROM PlaylistTrack WHERE TrackId % 97 = 0;
DELETE FROM InvoiceLine WHERE InvoiceLineId % 211 = 0;
